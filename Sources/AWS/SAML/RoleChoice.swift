import Core
import Model

/// Which of the roles of an assertion an identity becomes.
struct RoleChoice {
  /// The roles that the assertion offers; never empty.
  var roles: [SAMLRole]
  /// The identity's name.
  var identity: String
  /// The provider's name.
  var provider: String

  /// How many roles a message lists.
  private static let listed = 20

  /// The role that is named, and no other: part of a name, or the first of the list, would be
  /// somebody else in another account.
  ///
  /// - Throws: ``AuthError`` with code `refused` if the assertion does not offer it.
  func role(named arn: String) throws(AuthError) -> SAMLRole {
    if let role = roles.first(where: { $0.role == arn }) { return role }
    var hints = offer
    if let near = NearName.nearest(to: arn, in: roles.map(\.role)) {
      hints.insert("did you mean `\(DisplayText.sanitized(near))`?", at: 0)
    }
    throw AuthError(
      .refused,
      "the assertion of provider `\(provider)` does not offer the role of identity `\(identity)`, "
        + "`\(DisplayText.sanitized(arn))`",
      hints: hints)
  }

  /// The roles, a line for each.
  private var offer: [String] {
    let lines = roles.prefix(Self.listed).map { "it offers `\(DisplayText.sanitized($0.role))`" }
    return roles.count > Self.listed ? lines + ["and \(roles.count - Self.listed) others"] : lines
  }

  /// The only role, or the one that the person chooses.
  ///
  /// - Parameters:
  ///   - effects: Everything outside the process.
  ///   - names: Finds the names of accounts by their numbers; asked only where there is a choice.
  /// - Returns: The role.
  /// - Throws: ``AuthError``: `loginRequired` if nobody can be asked, `declined` if they chose none.
  func role(
    askedOf effects: Effects, names: () async -> [String: String]
  ) async throws(AuthError) -> SAMLRole {
    if roles.count == 1 { return roles[0] }
    guard let terminal = effects.interaction else {
      throw AuthError(
        .loginRequired,
        "provider `\(provider)` offers \(roles.count) roles, and identity `\(identity)` names none",
        hints: ["set `principal.assume_role`, or log in in a terminal to choose"] + offer)
    }
    let names = await names()
    let index = try await Menu(
      title: "Roles that `\(provider)` offers", choices: roles.map { Self.shown($0, names) },
      terminal: terminal, show: effects.notice
    ).choose()
    return roles[index]
  }

  /// The account first, which says most, then the role without what all of them have.
  private static func shown(_ role: SAMLRole, _ names: [String: String]) -> String {
    let number = ARN.account(role.role) ?? ""
    let account = names[number].map { "\(number) (\($0))" } ?? number
    let path = role.role.firstRange(of: ":role/").map { String(role.role[$0.upperBound...]) }
    return "\(account)  \(path ?? role.role)"
  }
}
