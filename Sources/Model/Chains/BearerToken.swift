public import Core

/// An OAuth 2.0 access token, with what renews it.
public struct BearerToken: Sendable, Equatable {
  /// A client that was registered at the issuer (RFC 7591); it outlives the tokens it got.
  public struct Client: Sendable, Equatable {
    /// The client's id.
    public var id: String
    /// The client's secret.
    public var secret: Secret
    /// When the registration ends, and with it the use of its refresh tokens.
    public var expiresAt: Instant
    /// The grant type it was registered for, apart from renewing.
    public var grant: String

    /// Creates a client.
    public init(id: String, secret: Secret, expiresAt: Instant, grant: String) {
      self.id = id
      self.secret = secret
      self.expiresAt = expiresAt
      self.grant = grant
    }
  }

  /// Who issued it: for IAM Identity Center the access portal's start URL.
  public var issuer: String
  /// The access token.
  public var accessToken: Secret
  /// What renews the token without a person (RFC 6749 §6); it changes with every use.
  public var refreshToken: Secret?
  /// The client that it was issued to; `nil` when the token came from another program.
  public var client: Client?
  /// The configured address of the service that issued it, where it is not the standard one.
  public var endpoint: String?

  /// Creates a token.
  public init(
    issuer: String, accessToken: Secret, refreshToken: Secret? = nil, client: Client? = nil,
    endpoint: String? = nil
  ) {
    self.issuer = issuer
    self.accessToken = accessToken
    self.refreshToken = refreshToken
    self.client = client
    self.endpoint = endpoint
  }
}
