public import Core

/// A signed token (a JWT, RFC 7519) that says who a job or a workload is.
///
/// Clouds exchange it for a credential of their own. Nobody but the cloud verifies it: what is read from it here is shown to people and decides
/// nothing.
public struct IdentityToken: Sendable, Equatable {
  /// The token.
  public var token: Secret

  /// Creates one from what an issuer gave, without the white space around it.
  public init(_ token: Secret) {
    self.token = Secret(token.revealed().trimmed)
  }

  /// What it says; `nil` for a token that cannot be read.
  public var claims: TokenClaims? { TokenClaims(jwt: token) }

  private static let format = "identity-token"

  /// The token as a link's credential.
  public func credential(issuedAt now: Instant, region: String?) -> Credential {
    let claims = claims
    return Credential(
      .opaque(OpaqueCredential(format: Self.format, parts: [OpaqueCredential.Part(1, token)])),
      issuedAt: now, expiresAt: claims?.expiresAt, region: region, principal: claims?.subject)
  }

  /// Reads a credential back; `nil` for one of another sort.
  public init?(_ credential: Credential) {
    guard let body = credential.opaque, body.format == Self.format, let token = body[1] else {
      return nil
    }
    self.token = token
  }
}
