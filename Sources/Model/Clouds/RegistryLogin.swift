public import Core

/// A login to a container registry, made from an identity's credential.
///
/// What is written where for Docker and tools like it is decided in one place for all clouds; a
/// cloud says only which registry it is, and what its password is.
public protocol RegistryLogin: Integration {
  /// The registry's host, as images name it: `123456789012.dkr.ecr.eu-west-1.amazonaws.com`.
  var host: String { get }

  /// The user of every password for it.
  var user: String { get }

  /// Whether the password is to be written into Docker's file, as atmos does, instead of being
  /// asked for at each pull.
  var isStored: Bool { get }

  /// The user and password for the registry.
  ///
  /// - Parameter request: The identity and its credential.
  /// - Returns: The user and password.
  /// - Throws: ``AuthError``, as ``CredentialSource/credential(_:)`` does.
  func password(_ request: IntegrationRequest) async throws(AuthError) -> RegistryPassword
}

/// What a registry wants of those who pull and push.
public struct RegistryPassword: Sendable, Equatable {
  /// The user.
  public var user: String
  /// The password.
  public var password: Secret
  /// When the password ends.
  public var expiresAt: Instant

  /// Creates it from its parts.
  public init(user: String, password: Secret, expiresAt: Instant) {
    self.user = user
    self.password = password
    self.expiresAt = expiresAt
  }

  private static let format = "registry-password"

  /// It as a credential that sessions remember.
  public func credential(issuedAt now: Instant) -> Credential {
    Credential(
      .opaque(
        OpaqueCredential(
          format: Self.format,
          parts: [OpaqueCredential.Part(1, Secret(user)), OpaqueCredential.Part(2, password)])),
      issuedAt: now, expiresAt: expiresAt)
  }

  /// Reads a credential back; `nil` for one of another sort.
  public init?(_ credential: Credential) {
    guard let body = credential.opaque, body.format == Self.format, let user = body[1],
      let password = body[2], let end = credential.expiresAt
    else { return nil }
    self.init(user: user.revealed(), password: password, expiresAt: end)
  }
}
