public import Core
public import Model

/// Gets one-time codes from where they are: what was given for this one login, a seed, a person,
/// other programs.
public struct CodeBroker: OneTimeCodes {
  /// The variable with a code for one login.
  public static let variable = "ATMOS_AUTH_MFA_CODE"

  private let given: Secret?
  private let paths: StatePaths
  private let standard: [CodeSource]?

  /// Creates a broker.
  ///
  /// - Parameters:
  ///   - given: A code that came with the command.
  ///   - paths: Where it is kept which codes were used.
  ///   - standard: Where codes come from where nobody says; `nil` for the keyring and a person.
  public init(given: Secret?, paths: StatePaths, standard: [CodeSource]? = nil) {
    self.given = given
    self.paths = paths
    self.standard = standard
  }

  /// What a code takes of a person: the first source that has one decides.
  public func personNeed(for request: CodeRequest, effects: Effects) async -> PersonNeed {
    let ledger = CodeLedger(paths: paths, device: request.device, effects: effects)
    for step in steps(for: request, effects) {
      switch step {
      case .given(let code, _):
        if request.isReusable || !ledger.isTaken(code) { return .unneeded }
      case .source(.keyring, _):
        let entry = StoredSeed(of: request.device, in: effects.keyring)
        let isUsable =
          effects.origins.objection(to: entry.entryName, for: request.name) == nil
        if isUsable, await entry.mayExist { return .unneeded }
      case .source(.terminal, _):
        if effects.interaction != nil { return .present }
      case .source(.desktop, _):
        if effects.desktop != nil { return .present }
      // Whether it has a code shows when it is run; touching a key is asking nobody.
      case .source: return .unneeded
      }
    }
    return .absent
  }

  /// Begins one login's codes.
  public func codes(for request: CodeRequest, effects: Effects) -> any CodeSupply {
    LoginCodes(
      request, steps: steps(for: request, effects),
      ledger: CodeLedger(paths: paths, device: request.device, effects: effects), effects: effects)
  }

  /// Writes down that a device's codes up to that of `window` are about to be sent, so that no login
  /// sends them again.
  ///
  /// - Throws: ``AuthError`` with code `system` if that cannot be written down.
  public func take(
    through window: Int64, of totp: TOTP, device: String, effects: Effects
  ) throws(AuthError) {
    try CodeLedger(paths: paths, device: device, effects: effects).take(
      through: window, of: totp)
  }

  /// Where codes are looked for, in order.
  private func steps(for request: CodeRequest, _ effects: Effects) -> [CodeStep] {
    var steps: [CodeStep] = []
    if let given { steps.append(.given(given, "standard input")) }
    if let text = effects.environment[Self.variable]?.trimmed, !text.isEmpty {
      steps.append(.given(Secret(text), Self.variable))
    }
    let person: CodeSource = effects.interaction == nil ? .desktop : .terminal
    let sources = request.sources ?? standard ?? [.keyring, person]
    return steps
      + sources.filter { request.form != .token || $0 != .keyring }
      .map { .source($0, isStated: request.sources != nil) }
  }
}

/// A place where a code is looked for.
enum CodeStep {
  /// This one, from where; it is good for one try.
  case given(Secret, String)
  /// A source; `isStated` when somebody named it, so that it is missed where it has nothing.
  case source(CodeSource, isStated: Bool)
}
