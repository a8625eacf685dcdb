import Core
import Crypto
import Model

/// The access portal of one IAM Identity Center, as a definition names it.
struct AccessPortal: Sendable, Equatable {
  /// The start URL as it is written; caches of other programs go by it.
  let written: String
  /// The start URL as it is sent: without a fragment and slashes at its end, its host in lower case.
  let startURL: String
  /// The region of the identity center, which need not be the one people work in.
  let region: String
  /// The address that the definition gives for its services, if it does.
  let endpoint: String?

  /// Creates a portal.
  init(startURL: String, region: String, endpoint: String?) {
    written = startURL
    self.startURL = Self.normalized(startURL)
    self.region = region.lowercased()
    self.endpoint = endpoint
  }

  /// What a portal's address is for comparing and sending.
  static func normalized(_ url: String) -> String {
    var text = String(url.trimmed.prefix { $0 != "#" })
    while text.hasSuffix("/") { text.removeLast() }
    guard let address = Address(text) else { return text }
    return address.origin + address.path + (address.query.map { "?\($0)" } ?? "")
  }

  /// The name under which all definitions of this portal share one login.
  var loginName: String {
    let text = [startURL, region, endpoint ?? ""].joined(separator: "\n")
    let digest = Hex.lowercase(SHA256.hash(data: Array(text.utf8)))
    return "identity-center-\(digest.prefix(16))"
  }

  /// By which what is written down of it is kept.
  var place: PortalPlace { PortalPlace(startURL: written, region: region, endpoint: endpoint) }

  /// What the login does, for digests and trust.
  var traits: [Trait] {
    [Trait("start_url", startURL), Trait("region", region)]
      + (endpoint.map { [Trait("endpoint", $0)] } ?? [])
  }

  /// The sign-in service.
  func signIn(_ effects: Effects) throws(AuthError) -> SSOOIDCClient {
    SSOOIDCClient(
      try ServiceEndpoint.resolve(
        .ssoOIDC, region: region, configured: endpoint, effects: effects),
      effects: effects)
  }
}

extension SSOPortalClient {
  /// The portal that a token is for.
  ///
  /// A token goes only where it came from: an address that some other definition gives is not
  /// asked.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` if the region or the endpoint cannot be
  ///   used.
  init(
    of credential: Credential, _ token: BearerToken, effects: Effects
  ) throws(AuthError) {
    guard let region = credential.region else {
      throw AuthError(.badConfiguration, "the login of `\(token.issuer)` names no region")
    }
    self.init(
      try ServiceEndpoint.resolve(
        .sso, region: region, configured: token.endpoint, effects: effects),
      token: token.accessToken, effects: effects)
  }
}
