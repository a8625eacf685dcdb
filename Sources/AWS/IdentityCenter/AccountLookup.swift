import Core
import Model

/// Finds accounts by name, and says what there is when something is missing.
struct AccountLookup {
  /// The portal.
  let portal: SSOPortalClient
  /// The identity it is for.
  let identity: String
  /// The permission set it is for.
  let role: String

  /// The number of the account with a name: the one that is spelled so, else the only one that
  /// differs by case.
  ///
  /// - Throws: ``AuthError``: `badConfiguration` for a name that no account has, or several.
  func account(named name: String) async throws(AuthError) -> String {
    let accounts: [SSOPortalClient.Account]
    do {
      accounts = try await portal.allAccounts()
    } catch {
      throw report("ListAccounts").error(for: error)
    }
    let exact = accounts.filter { $0.accountName == name }
    let lowered = name.lowercased()
    let found =
      exact.isEmpty ? accounts.filter { $0.accountName?.lowercased() == lowered } : exact
    if found.count == 1 { return found[0].accountId }
    let shown = DisplayText.sanitized(name, limit: 80)
    if found.isEmpty {
      throw AuthError(
        .badConfiguration, "identity `\(identity)`: you have no account called `\(shown)`",
        hints: Self.hints(near: name, in: accounts))
    }
    let ids = found.map { DisplayText.sanitized($0.accountId, limit: 20) }.sorted()
    throw AuthError(
      .badConfiguration,
      "identity `\(identity)`: \(found.count) accounts are called `\(shown)`: "
        + ids.joined(separator: ", "),
      hints: ["say which with `principal.account.id`"])
  }

  private static func hints(
    near name: String, in accounts: [SSOPortalClient.Account]
  ) -> [String] {
    let names = Set(accounts.compactMap(\.accountName)).sorted()
    if names.isEmpty { return ["no account in this portal is assigned to you"] }
    let near = NearName.all(near: name, in: names, limit: 3)
    return near.isEmpty
      ? ["there are \(list(names))"] : ["did you mean \(list(near))?"]
  }

  /// The error of a permission set that gave no keys; what is assigned is looked up for it.
  func error(for failure: CallFailure, account: String) async -> AuthError {
    let error = report("GetRoleCredentials").error(for: failure)
    guard case .refused(let refusal) = failure, error.code == .refused,
      [400, 403, 404].contains(refusal.status)
    else { return error }
    let role = DisplayText.sanitized(role, limit: 80)
    let roles = (try? await portal.allRoles(in: account)) ?? []
    guard !roles.isEmpty else {
      return await nothingAssigned(in: account, role: role, cause: refusal)
    }
    if roles.contains(self.role) {
      return AuthError(
        .refused,
        "identity `\(identity)`: the portal lists permission set `\(role)` in account \(account), "
          + "and gives no keys for it", cause: refusal)
    }
    return AuthError(
      .refused,
      "identity `\(identity)`: permission set `\(role)` is not assigned to you in account "
        + account,
      hints: ["assigned there: \(Self.list(roles.sorted()))"], cause: refusal)
  }

  /// The error of an account in which the person has nothing, which may be a slip of the number.
  private func nothingAssigned(
    in account: String, role: String, cause: ServiceError
  ) async -> AuthError {
    let accounts = (try? await portal.allAccounts()) ?? []
    var names: [String: String] = [:]
    for account in accounts { names[account.accountId] = account.accountName ?? "no name" }
    let near = NearName.all(near: account, in: names.keys, limit: 3).filter { $0 != account }.map {
      "`\($0)` (\(DisplayText.sanitized(names[$0] ?? "", limit: 64)))"
    }
    return AuthError(
      .refused,
      names.isEmpty || names[account] != nil
        ? "identity `\(identity)`: you have no permission set in account \(account)"
        : "identity `\(identity)`: you have no account \(account)",
      hints: (near.isEmpty ? [] : ["did you mean \(near.joined(separator: ", "))?"]) + [
        "ask for `\(role)` there to be assigned to you, or look at `principal.account` for a slip"
      ], cause: cause)
  }

  private func report(_ action: String) -> IdentityCenterReport {
    IdentityCenterReport(
      action: action, subject: "identity `\(identity)`", service: .sso, endpoint: portal.endpoint)
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(12).map { "`\(DisplayText.sanitized($0, limit: 64))`" }
    let rest = names.count - shown.count
    return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
  }
}
