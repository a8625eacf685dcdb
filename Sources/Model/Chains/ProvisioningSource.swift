public import Core

/// A provider whose login opens identities that nobody has to write down one by one.
public protocol ProvisioningSource: CredentialSource {
  /// Whether its definition asks for them to be written down.
  var provisionsIdentities: Bool { get }

  /// Where they are written down, which goes by the service and not by the provider's name.
  func provisionedPath(_ paths: StatePaths) -> String

  /// Asks the service which identities there are and writes them down, where the configuration of
  /// every repository with this provider reads them.
  ///
  /// What was written before stays when this fails, or when its task is cancelled.
  ///
  /// - Parameters:
  ///   - credential: The provider's credential.
  ///   - effects: Everything outside the process; ``Effects/progress`` is informed of how far it is.
  /// - Returns: What was written.
  /// - Throws: ``AuthError``: `expiredUpstream` if the credential has ended, `unavailable` if the
  ///   service cannot be reached, `refused` if it says no, `system` if nothing can be written.
  func provisionIdentities(
    with credential: Credential, effects: Effects
  ) async throws(AuthError) -> ProvisionedIdentities
}

/// What was written down after a login.
public struct ProvisionedIdentities: Sendable, Equatable {
  /// The accounts the person has something in.
  public var accounts: Int
  /// The different roles there are.
  public var roles: Int
  /// The identities: pairs of an account and a role.
  public var identities: Int
  /// The file they are in.
  public var path: String

  /// Creates a summary.
  public init(accounts: Int, roles: Int, identities: Int, path: String) {
    self.accounts = accounts
    self.roles = roles
    self.identities = identities
    self.path = path
  }
}
