import Core
import Model

extension CallFailure {
  /// What to tell a person whose next code may cure the failure; `nil` where none will.
  ///
  /// - Parameters:
  ///   - skew: Seconds the server's clock is ahead, as far as errors about signatures showed.
  ///   - now: The local time.
  /// - Returns: The refusal, with how wrong this computer's clock is.
  func codeRefusal(skew: Int64, now: Instant) -> CodeRefusal? {
    guard case .refused(let error) = self else { return nil }
    if error.isWrongCode {
      // Codes live for half a minute, so a smaller difference than signatures allow spoils them.
      let ahead = error.date.map { now.seconds(until: $0) } ?? skew
      guard abs(ahead) >= 20 else {
        return CodeRefusal(remark: "the code was not accepted; wait for the next one")
      }
      return CodeRefusal(
        remark: "the code was not accepted; this computer's clock is \(Self.text(ahead)) AWS', "
          + "so codes made here are wrong until it is corrected", clockSkew: ahead)
    }
    // The code went out with a signature of the wrong time and must not be sent again.
    if error.code == "SignatureDoesNotMatch" || error.saysClock, abs(skew) > 240 {
      return CodeRefusal(
        remark:
          "this computer's clock is off by \(DurationText.text(abs(skew))); with that corrected, "
          + "the next code is needed", clockSkew: skew)
    }
    return nil
  }

  private static func text(_ ahead: Int64) -> String {
    "\(DurationText.text(abs(ahead))) \(ahead > 0 ? "behind" : "ahead of")"
  }
}
