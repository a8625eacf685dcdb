import AWS
import AuthConfiguration
import Core

/// An account that a command names, which an accounts file may know.
package struct AccountChoice {
  /// Its name or its number.
  package var account: String
  /// The name of a role in it, or an ARN; `nil` for the one that the file says.
  package var role: String?
  /// The role if neither ``role`` nor the file names one.
  package var defaultRole: String?
  /// The accounts file; `nil` for the one that is found.
  package var accounts: String?

  /// Creates it from its parts.
  package init(account: String, role: String? = nil, accounts: String? = nil) {
    (self.account, self.role, self.accounts) = (account, role, accounts)
  }

  /// What a file of a checkout says.
  struct Foreign {
    /// The file.
    var path: String
    /// What it leads to, as far as the file decides.
    var trust: TrustDescription
    /// The role.
    var arn: String
    /// The name of the role, unless the file says it.
    var role: String?
  }

  /// The role that is meant, and what decides about it if that is a checkout's file.
  func target(
    region: String? = nil, _ context: CommandContext
  ) throws(AuthError) -> (RoleTarget, Foreign?) {
    if AccountsFile.isID(account), role != nil {
      return (try RoleTarget(account: account, role: role, entry: nil, region: region), nil)
    }
    let lookup = AccountsLookup(named: accounts, context: context)
    let found = try lookup.find()
    let entry = found?.file.entry(account)
    guard entry != nil || AccountsFile.isID(account) else {
      throw lookup.unknown(account, in: found)
    }
    let role = role ?? (RoleTarget.namesRole(entry) ? nil : defaultRole)
    let target = try RoleTarget(account: account, role: role, entry: entry, region: region)
    guard let found, entry != nil, !found.isOwn else { return (target, nil) }
    // A region that was typed is the person's own choice; it counts only where it decides the partition.
    let plain = try RoleTarget(account: account, role: role, entry: entry, region: nil)
    let trust = Self.trust(in: plain.arn == target.arn ? plain : target)
    return (target, Foreign(path: found.path, trust: trust, arn: target.arn, role: role))
  }

  private static func trust(in target: RoleTarget) -> TrustDescription {
    var traits = ["role = \(target.arn)"]
    for (name, value) in [
      ("external_id", target.externalID), ("session_name", target.sessionName),
      ("duration", target.duration), ("region", target.region), ("mfa", target.mfaDevice),
    ] {
      if let value { traits.append("\(name) = \(value)") }
    }
    return TrustDescription(traits: traits)
  }

  /// What it is called among the names of identities.
  var grantName: String { NameGrants.name(ofAccount: account) }

  /// How it is shown.
  var shown: String { "account \(account)" }

  /// What `allow` is told for it.
  var words: [String] {
    ["--account", account] + (role.map { ["--role", $0] } ?? [])
      + (accounts.map { ["--accounts", $0] } ?? [])
  }

  /// Makes sure that an account of a checkout's file may be chosen.
  func approve(_ foreign: Foreign, _ context: CommandContext) async throws(AuthError) {
    do throws(AuthError) {
      try await context.approve(
        foreign.trust, isOwn: false, what: shown, names: [grantName], granted: [],
        replacesOwn: false, in: context.configuration)
    } catch {
      guard error.code == .loginRequired else { throw error }
      let words = Self(account: account, role: foreign.role, accounts: accounts).words
      let command = ShellQuoting.typed(command: ["atmos-auth", "allow"] + context.options + words)
      throw AuthError(
        .loginRequired,
        "account `\(DisplayText.sanitized(account))` of \(DisplayText.sanitized(foreign.path)) is "
          + "not allowed as it is now",
        hints: [
          "it leads to \(foreign.arn)", "`\(command)` allows it",
          "or name the role by its ARN",
        ])
    }
  }
}
