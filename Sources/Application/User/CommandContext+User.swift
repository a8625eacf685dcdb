import AWS
import AuthConfiguration
import Core
import Model

extension CommandContext {
  /// The identity of kind `aws/user` to use: the one that is named, the only one, or the one
  /// that a person chooses.
  ///
  /// - Parameter why: What the list says that a person chooses from.
  /// - Returns: The identity.
  /// - Throws: ``AuthError``: `usage` for one of another kind, `badConfiguration` if there is none.
  func userIdentity(_ why: String) async throws(AuthError) -> Resolution {
    let who = try await chosenUser(why)
    try await approve(who)
    return who
  }

  private func chosenUser(_ why: String) async throws(AuthError) -> Resolution {
    let users = try configuration.readableCatalog().identities.filter(storesKeys)
    let stated = surroundings.environment["ATMOS_IDENTITY"].map { !$0.isEmpty } ?? false
    if flags.identity == .unstated, !stated {
      guard !users.isEmpty else {
        throw AuthError(
          .badConfiguration, "no identity of kind `aws/user` is configured",
          hints: ["add one under `auth.identities` in atmos.yaml"])
      }
      return users.count == 1
        ? Resolution(users[0], by: .onlyOne, in: configuration) : try await pick(users, why: why)
    }
    let who = try await requiredIdentity()
    let record = who.record
    guard storesKeys(record) else {
      throw AuthError(
        .usage, "identity `\(record.name)` is of kind `\(record.kind)`, which has no stored keys",
        hints: [
          users.isEmpty
            ? "no identity of kind `aws/user` is configured"
            : "of kind `aws/user` are: \(users.map(\.name).joined(separator: ", "))"
        ])
    }
    return who
  }

  private func storesKeys(_ record: IdentityRecord) -> Bool {
    kinds.kind(record.kind, .identity)?.storesKeys == true
  }

  /// The access keys of an identity of kind `aws/user`.
  func userKeys(of who: Resolution) throws(AuthError) -> UserKeys {
    let record = who.record
    let chain = try who.configuration.chain(for: record.name)
    guard let settings = UserSettings(chain.target.source) else {
      throw AuthError(.usage, "identity `\(record.name)` is of kind `\(record.kind)`")
    }
    return UserKeys(
      settings, realm: chain.realm, effects: try effects(in: who.configuration),
      session: verifiedSession(for: chain, in: who.configuration))
  }

  /// Gets a session after a second factor.
  func verifiedSession(
    for chain: Chain, in configuration: Configuration
  ) -> () async throws(AuthError) -> Credential {
    { () async throws(AuthError) in
      let credential = try await self.session(for: chain, in: configuration)
      // A session from before the user had a device is none that a policy would take.
      guard credential.mfaAt == nil else { return credential }
      return try await self.session(for: chain, in: configuration, force: true)
    }
  }

  /// Does `body` while no other process replaces the stored keys of the same identity.
  func replacingKeys(
    of who: Resolution, _ body: () async throws(AuthError) -> Int32
  ) async throws(AuthError) -> Int32 {
    let name = who.record.name
    let path = paths.keysLockPath(
      realm: try who.configuration.readableCatalog().realm, identity: name)
    guard let lock = try FileLock.attempt(path) else {
      throw AuthError(
        .unavailable,
        "another process is replacing the keys or the MFA device of identity `\(name)`",
        hints: ["wait until it has finished, then run this again"])
    }
    let status = try await body()
    lock.keep()
    return status
  }
}
