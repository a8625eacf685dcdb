public import Core

/// What a cloud accepts, with its expiry.
public struct Credential: Sendable {
  /// The parts that differ from cloud to cloud.
  public enum Body: Sendable {
    /// AWS keys.
    case aws(AWSKeys)
    /// A token that a provider gave for a login; the next link exchanges it for something else.
    case bearer(BearerToken)
    /// What a cloud's own target made and only it understands.
    case opaque(OpaqueCredential)
    /// No credential: whatever the environment already offers.
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
  /// What the cloud calls that one by itself, such as an assumed role's `AssumedRoleId`; `nil` where it
  /// does not say.
  public var principalID: String?
  /// When a person last proved presence with a second factor, if this credential says so.
  public var mfaAt: Instant?
  /// The device of that second factor: its ARN or serial number, when it is known.
  public var mfaDevice: String?
  /// What renews it; `nil` for those that are made again each time, and for tokens, which have theirs.
  public var renewal: Renewal?
  /// The second factor that this credential or one before it in the chain was given for.
  public var proof: Proof?

  /// That a person was there.
  public struct Proof: Sendable, Hashable {
    /// When the code was given.
    public var at: Instant
    /// The device it was of: its ARN or serial number, when it is known.
    public var device: String?

    /// Creates one.
    public init(at: Instant, device: String?) {
      self.at = at
      self.device = device
    }
  }

  /// Creates a credential.
  public init(
    _ body: Body, issuedAt: Instant, expiresAt: Instant?, region: String? = nil,
    account: String? = nil, principal: String? = nil, mfaAt: Instant? = nil,
    mfaDevice: String? = nil, renewal: Renewal? = nil
  ) {
    self.body = body
    self.issuedAt = issuedAt
    self.expiresAt = expiresAt
    self.region = region
    self.account = account
    self.principal = principal
    self.mfaAt = mfaAt
    self.mfaDevice = mfaDevice
    self.renewal = renewal
    proof = mfaAt.map { Proof(at: $0, device: mfaDevice) }
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

  /// What a cloud's own target made, or `nil` when the credential is of another sort.
  public var opaque: OpaqueCredential? {
    if case .opaque(let credential) = body { credential } else { nil }
  }

  /// Whether the end that was given for the credential has passed.
  public func isOver(at now: Instant) -> Bool { expiresAt.map { $0 <= now } ?? false }

  /// Whether the credential still works `margin` seconds after `now`.
  ///
  /// One that was issued later than `now` counts as ended: the clock was wrong then, or is now, and
  /// its end with it.
  public func isUsable(at now: Instant, margin: Int64) -> Bool {
    guard let expiresAt else { return true }
    return !issuedAt.isAhead(of: now) && now.advanced(bySeconds: margin) < expiresAt
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
