import Core

/// How much time is left, in the words of atmos: `2h5m`, `2h`, `45m`, `30s`, `expired`.
package enum Remaining {
  package static func text(seconds: Int64) -> String {
    guard seconds > 0 else { return "expired" }
    return DurationText.text(seconds < 60 ? seconds : seconds / 60 * 60)
  }

  /// How long ago something was; what is less than a second old is one.
  package static func age(seconds: Int64) -> String { "\(text(seconds: max(1, seconds))) ago" }
}
