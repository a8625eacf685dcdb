public import Core

/// What renews a credential without a person: a refresh token that works only with a key.
///
/// The key signs a proof for each request (DPoP, RFC 9449), so that a token that somebody finds is of no
/// use alone. Both are secrets, and are kept with the credential.
public struct Renewal: Sendable, Equatable {
  /// The refresh token; it changes with every use.
  public var refreshToken: Secret
  /// The private key that the token is bound to, in the form of its cloud.
  public var key: Secret
  /// The client that the token was issued to.
  public var clientID: String
  /// When the login ends, however often it was renewed.
  public var endsAt: Instant

  /// Creates what renews a credential.
  public init(refreshToken: Secret, key: Secret, clientID: String, endsAt: Instant) {
    self.refreshToken = refreshToken
    self.key = key
    self.clientID = clientID
    self.endsAt = endsAt
  }
}

extension Credential {
  /// Whether a refresh token came with it, usable or not.
  public var hasRefreshToken: Bool { renewal != nil || bearer?.refreshToken != nil }

  /// Until when it can be renewed without a person, as far as is known here; `nil` if it cannot.
  public var renewableUntil: Instant? {
    if let renewal { return renewal.endsAt }
    guard let bearer, bearer.refreshToken != nil else { return nil }
    return bearer.client?.expiresAt
  }

  /// Whether it can be renewed without a person, as far as is known here.
  public func isRenewable(at now: Instant) -> Bool { renewableUntil.map { now < $0 } ?? false }

  /// The credential without its refresh token, which was refused.
  public var withoutRefreshToken: Credential {
    var credential = self
    credential.renewal = nil
    if var token = bearer {
      token.refreshToken = nil
      credential.body = .bearer(token)
    }
    return credential
  }
}
