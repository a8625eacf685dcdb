public import Core

/// Something that is made from a credential after a login and taken back at logout: a Docker login, a
/// kubeconfig.
///
/// What one does is said by the protocol that refines this one: ``RegistryLogin``,
/// ``ClusterAccess`` or ``StandaloneIntegration``. Conforming types hold configuration only.
public protocol Integration: Sendable {
  /// What it sets in the environment of shells and programs of its identity.
  var environment: [VariableChange] { get }

  /// The words after `atmos-auth` of the command that repeats it by hand; `nil` where there is none.
  var repeatCommand: [String]? { get }
}

extension Integration {
  /// Nothing.
  public var environment: [VariableChange] { [] }
  /// None.
  public var repeatCommand: [String]? { nil }
}

/// An integration that does everything by itself.
public protocol StandaloneIntegration: Integration {
  /// Does it.
  ///
  /// A failure is shown as a warning and does not fail the login. Doing it twice is harmless.
  ///
  /// - Returns: One line for the person: what was made, and where.
  /// - Throws: ``AuthError``, as ``CredentialSource/credential(_:)`` does.
  func setUp(_ request: IntegrationRequest) async throws(AuthError) -> String

  /// Takes it back; nothing is sent to the cloud.
  ///
  /// - Returns: One line for the person, or `nil` when there was nothing to take back.
  /// - Throws: ``AuthError`` with code `system` when something stays behind.
  func takeBack(_ effects: Effects) async throws(AuthError) -> String?
}
