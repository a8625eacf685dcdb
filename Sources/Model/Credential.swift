public import Core

/// What a cloud accepts, with its expiry.
public struct Credential: Sendable {
  /// The parts that differ from cloud to cloud.
  public enum Body: Sendable {
    /// AWS keys.
    case aws(AWSKeys)
    /// A token that a provider gave for a login; the next link exchanges it for something else.
    case bearer(BearerToken)
    /// Nothing of ours: whatever the surroundings already offer.
    case ambient
  }

  /// What the cloud is shown.
  public var body: Body
  /// When the cloud stops accepting it; `nil` for credentials that do not end.
  ///
  /// By the local clock, as ``issuedAt``, no margin taken off: where a cloud showed that this clock
  /// is wrong, what it said is moved by as much, so that "is it over?" is answered right here.
  /// Programs that are given the credential compare with the same clock.
  public var expiresAt: Instant?
  /// When it was issued, by the local clock.
  public var issuedAt: Instant
  /// The region it is for, when one is known.
  public var region: String?
  /// The account, project or subscription, when the cloud said.
  public var account: String?
  /// Who it stands for in the cloud's own words, such as an assumed role's ARN.
  public var principal: String?
  /// When a person last proved presence with a second factor, if this credential says so.
  public var mfaAt: Instant?
  /// The device of that second factor: its ARN or serial number, when it is known.
  public var mfaDevice: String?

  /// Creates a credential.
  public init(
    _ body: Body, issuedAt: Instant, expiresAt: Instant?, region: String? = nil,
    account: String? = nil, principal: String? = nil, mfaAt: Instant? = nil,
    mfaDevice: String? = nil
  ) {
    self.body = body
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
    self.region = region
    self.account = account
    self.principal = principal
    self.mfaAt = mfaAt
    self.mfaDevice = mfaDevice
  }
}

/// AWS access keys.
public struct AWSKeys: Sendable, Equatable {
  /// What the keys are; it decides what STS lets them do.
  public enum Origin: String, Sendable {
    /// Keys of an IAM user that do not end.
    case longLived
    /// A GetSessionToken session: may assume roles for up to 12 hours.
    case userSession
    /// Any assumed role: further roles are chained, one hour at most.
    case role
    /// A root session of AssumeRoot.
    case root
  }

  /// The access key id; shown to people, but only masked.
  public var accessKeyID: String
  /// The secret access key.
  public var secretAccessKey: Secret
  /// The session token; `nil` for long-lived keys.
  public var sessionToken: Secret?
  /// What the keys are.
  public var origin: Origin

  /// Creates keys.
  public init(
    accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret?, origin: Origin
  ) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.origin = origin
  }
}

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

  /// Whether it can be renewed without a person, as far as is known here.
  public func isRenewable(at now: Instant) -> Bool {
    guard refreshToken != nil, let client else { return false }
    return now < client.expiresAt
  }
}

extension Credential {
  /// The bearer token, or `nil` when the credential is of another sort.
  public var bearer: BearerToken? {
    if case .bearer(let token) = body { token } else { nil }
  }

  /// The AWS keys, or `nil` when the credential is of another sort.
  public var aws: AWSKeys? {
    if case .aws(let keys) = body { keys } else { nil }
  }

  /// Whether the credential still works `margin` seconds after `now`.
  public func isUsable(at now: Instant, margin: Int64) -> Bool {
    guard let expiresAt else { return true }
    return now.advanced(bySeconds: margin) < expiresAt
  }

  /// Seconds before its end at which a credential should be replaced: a fifth of its lifetime,
  /// fifteen minutes at most.
  ///
  /// A fixed margin of fifteen minutes, as atmos has, makes every 15-minute root session count as
  /// used up from the start, and logs in for ever.
  public var renewalMargin: Int64 {
    guard let expiresAt else { return 0 }
    return min(900, max(0, issuedAt.seconds(until: expiresAt)) / 5)
  }
}
