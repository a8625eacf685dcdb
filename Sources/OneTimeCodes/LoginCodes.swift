internal import Core
internal import Logging
internal import Model

/// The codes of one login: goes from source to source until one has a code that is taken.
actor LoginCodes: CodeSupply {
  let request: CodeRequest
  let ledger: CodeLedger
  let effects: Effects
  private var steps: ArraySlice<CodeStep>
  // Why sources that were left behind had no code, or not the right one.
  private var reasons: [String] = []
  private var hints: [String] = []
  var sent = 0
  var questions = 0
  // How many codes of the present source were not taken.
  private var refusals = 0
  var clockSkew: Int64 = 0

  /// Servers that see wrong codes lock the device for a while.
  static let maximumCodes = 3
  static let maximumQuestions = 3
  /// A program or a seed that was wrong twice is wrong.
  private static let maximumRefusals = 2

  init(_ request: CodeRequest, steps: [CodeStep], ledger: CodeLedger, effects: Effects) {
    self.request = request
    self.steps = steps[...]
    self.ledger = ledger
    self.effects = effects
  }

  func next(after refusal: CodeRefusal?) async throws(AuthError) -> Secret? {
    if let refusal { note(refusal) }
    guard sent < Self.maximumCodes else { return nil }
    var remark = refusal?.remark
    while let step = steps.first {
      do throws(Passed) {
        if let code = try await code(from: step, remark) {
          sent += 1
          effects.log.debug(
            "a code is sent", metadata: ["device": "\(request.device)", "from": "\(name(step))"])
          return code
        }
      } catch {
        guard case .over(let reason, let newHints) = error else { throw error.failure }
        reasons.append(reason)
        hints += newHints
        effects.notice(
          steps.count > 1 ? "\(reason); trying \(name(steps[steps.startIndex + 1]))" : reason)
      }
      remark = nil
      advance()
    }
    if sent > 0 { return nil }
    throw nothing
  }

  private func advance() {
    steps.removeFirst()
    refusals = 0
  }

  private func note(_ refusal: CodeRefusal) {
    clockSkew = refusal.clockSkew
    refusals += 1
    guard let step = steps.first else { return }
    switch step {
    case .given(_, let place):
      effects.notice("the code from \(place): \(refusal.remark)")
      advance()
    case .source(let source, _) where source.asksPerson: break
    case .source:
      effects.notice(refusal.remark)
      if refusals >= Self.maximumRefusals { advance() }
    }
  }

  /// Why a source gave no code.
  enum Passed: Error {
    /// The next one is to be tried.
    case over(String, [String])
    /// Nothing else is to be tried.
    case stop(AuthError)

    var failure: AuthError {
      switch self {
      case .over(let reason, let hints): AuthError(.loginRequired, reason, hints: hints)
      case .stop(let error): error
      }
    }
  }

  /// A code of a step; `nil` where it has nothing and nobody expected that it has.
  private func code(from step: CodeStep, _ remark: String?) async throws(Passed) -> Secret? {
    switch step {
    case .given(let code, let place): return try taken(code, place)
    case .source(.keyring, let isStated): return try await seedCode(isStated: isStated)
    case .source(.terminal, let isStated):
      guard let person = effects.interaction else {
        if isStated { throw .over("there is no terminal to ask for the MFA code", []) }
        return nil
      }
      return try await typedCode(person, remark)
    case .source(.desktop, let isStated):
      guard let person = effects.desktop else {
        if isStated { throw .over("there is no display to ask for the MFA code on", []) }
        return nil
      }
      return try await typedCode(person, remark)
    case .source(let source, _): return try await programCode(source)
    }
  }

  private func name(_ step: CodeStep) -> String {
    switch step {
    case .given(_, let place): place
    case .source(let source, _): "`\(source.name)`"
    }
  }
}

// MARK: - Messages

extension LoginCodes {
  var device: String { DisplayText.sanitized(request.device) }
  var loginCommand: String { effects.typed(request.loginWords) }

  /// The error when no source has a code.
  private var nothing: AuthError {
    let need = "\(request.subject) needs an MFA code of \(device), "
    guard request.sources == nil else {
      return AuthError(
        .loginRequired, need + "and no source has one: \(reasons.last ?? "none is named")",
        hints: hints + [
          "`atmos-auth mfa status` shows where codes come from; "
            + "one can be given in \(CodeBroker.variable)"
        ])
    }
    return AuthError(
      .loginRequired,
      need
        + (reasons.last.map { "and got none: \($0)" } ?? "and there is no terminal to ask for it"),
      hints: ["run `\(loginCommand)` in a terminal"] + hints + [
        "give one code in \(CodeBroker.variable)"
          + (request.form == .token
            ? ""
            : ", or store the device's seed with `\(effects.typed(request.seedWords))`")
      ])
  }
}
