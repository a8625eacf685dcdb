import Core
import Model

extension IdentityCenterSource: ProvisioningSource {
  func provisionedPath(_ paths: StatePaths) -> String { portal.place.provisionedPath(paths) }

  func provisionIdentities(
    with credential: Credential, effects: Effects
  ) async throws(AuthError) -> ProvisionedIdentities {
    guard let token = credential.bearer else {
      throw AuthError(.badConfiguration, "the login of `\(name)` gives no token")
    }
    let portal = try SSOPortalClient(of: credential, token, effects: effects)
    let entries: [PortalInventory.Entry]
    do {
      entries = try await PortalInventory(portal: portal, provider: name, effects: effects)
        .entries()
    } catch {
      throw IdentityCenterReport(
        action: "ListAccounts", subject: "provider `\(name)`", service: .sso,
        endpoint: portal.endpoint
      ).error(for: error)
    }
    let identities = ProvisionedNames.identities(of: entries)
    let file = ProvisionedFile(
      provider: name, startURL: self.portal.written, region: self.portal.region,
      endpointURL: self.portal.endpoint, provisionedAt: effects.now(), accounts: entries.count,
      roles: Set(entries.flatMap(\.roles)).count, identities: identities)
    let paths = StatePaths(environment: { effects.environment[$0] })
    let path = paths.provisionedPath(provider: name)
    // atmos goes by the provider's name.
    try FileSystem.writeAtomically(path, file.yaml.utf8)
    try FileSystem.writeAtomically(provisionedPath(paths), file.yaml.utf8)
    return ProvisionedIdentities(
      accounts: file.accounts, roles: file.roles, identities: identities.count, path: path)
  }
}
