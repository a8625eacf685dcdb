import Core
import Model

/// Asking for a one-time code, as a state machine: what was typed or answered goes in, what to do
/// comes out.
///
/// A code works once, and a server that has seen a wrong one often locks the device for a while:
/// at most three questions are asked, and no code is ever sent a second time.
struct CodePrompt {
  /// What happened.
  enum Event {
    /// Nothing yet.
    case begin
    /// The person typed this.
    case typed(Secret)
    /// The server did not take the code, with what to tell the person about it.
    case refused(String)
  }

  /// What to do next.
  enum Action: Equatable {
    /// Tell the person `remark`, if there is one, and ask.
    case ask(remark: String?)
    /// Send this code.
    case send(String)
    /// No further question.
    case giveUp
  }

  private static let maximumQuestions = 3
  private var questions = 0
  private var sent: [Secret] = []

  /// Decides.
  mutating func next(_ event: Event) -> Action {
    switch event {
    case .begin:
      return ask(nil)
    case .typed(let text):
      // Apps show codes in two groups, and people type them so.
      let code = text.revealed().filter { !$0.isWhitespace }
      guard code.utf8.count == 6, code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
        return ask("a code has six digits")
      }
      guard !sent.contains(Secret(code)) else {
        return ask("that code has been used; wait for the next one")
      }
      sent.append(Secret(code))
      return .send(code)
    case .refused(let remark):
      return ask(remark)
    }
  }

  private mutating func ask(_ remark: String?) -> Action {
    guard questions < Self.maximumQuestions else { return .giveUp }
    questions += 1
    return .ask(remark: remark)
  }
}

/// A person with an MFA device, asked for codes until one works.
struct SecondFactor {
  /// The device, an ARN or a serial number.
  var device: String
  /// The identity that wants the code.
  var identity: String
  /// The world.
  var effects: Effects

  /// Calls `attempt` with codes until it succeeds, the person gives up, or asking again is
  /// pointless.
  ///
  /// - Parameters:
  ///   - prompt: The questions so far, when this is not the first attempt of one login.
  ///   - remark: What to say about a failure that another code may cure; `nil` for any other.
  ///   - report: The error for a failure that is final.
  ///   - attempt: Sends one code. It is never called twice with the same one.
  /// - Returns: What `attempt` returned.
  /// - Throws: ``AuthError``: `loginRequired` without a terminal or when the person gave up, else
  ///   what `report` makes of the last failure.
  func perform<Result, Failure: Error>(
    _ prompt: inout CodePrompt, remark: (Failure) -> String?, report: (Failure) -> AuthError,
    _ attempt: (_ code: String) async throws(Failure) -> Result
  ) async throws(AuthError) -> Result {
    guard let interaction = effects.interaction else { throw nobodyToAsk }
    var action = prompt.next(.begin)
    var latest: Failure?
    while true {
      switch action {
      case .ask(let text):
        if let text { effects.notice(text) }
        let question = "Enter MFA code of \(DisplayText.sanitized(device)): "
        action = prompt.next(.typed(try await interaction.ask(question, hidden: false)))
      case .send(let code):
        do throws(Failure) {
          return try await attempt(code)
        } catch {
          guard let text = remark(error) else { throw report(error) }
          latest = error
          action = prompt.next(.refused(text))
        }
      case .giveUp:
        if let latest { throw report(latest) }
        throw AuthError(
          .loginRequired, "no usable MFA code was typed for identity `\(identity)`",
          hints: ["a code has six digits; try again with `\(login)`"])
      }
    }
  }

  /// The same for a login with one attempt.
  func perform<Result, Failure: Error>(
    remark: (Failure) -> String?, report: (Failure) -> AuthError,
    _ attempt: (_ code: String) async throws(Failure) -> Result
  ) async throws(AuthError) -> Result {
    var prompt = CodePrompt()
    return try await perform(&prompt, remark: remark, report: report, attempt)
  }

  private var login: String { "atmos-auth login -i '\(identity)'" }

  private var nobodyToAsk: AuthError {
    AuthError(
      .loginRequired,
      "identity `\(identity)` needs an MFA code of \(DisplayText.sanitized(device)), "
        + "and there is no terminal to ask for it",
      hints: ["run `\(login)` in a terminal"])
  }
}
