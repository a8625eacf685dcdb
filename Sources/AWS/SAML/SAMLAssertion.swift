import Core
import Model

/// A SAML response as the credential of a provider, for which STS gives sessions of roles.
struct SAMLAssertion {
  /// What ``OpaqueCredential/format`` says of it.
  static let format = "aws/saml"

  /// The name of the provider that it was given for.
  var provider: String
  /// The response in base64, as it was given, white space left out.
  var response: Secret
  /// The provider's `session.duration` in seconds.
  var seconds: Int64?
  /// The provider's address of STS.
  var endpointURL: String?

  /// What the parts of the credential are; the numbers never change.
  private enum Tag: UInt8 {
    case response = 1
    case provider = 2
    case seconds = 3
    case endpointURL = 4
  }

  /// Creates an assertion.
  init(provider: String, response: Secret, seconds: Int64?, endpointURL: String?) {
    self.provider = provider
    self.response = response
    self.seconds = seconds
    self.endpointURL = endpointURL
  }

  /// The assertion that a credential is; `nil` for other ones.
  init?(_ credential: Credential) {
    guard let opaque = credential.opaque, opaque.format == Self.format,
      let response = opaque[Tag.response.rawValue]
    else { return nil }
    self.init(
      provider: opaque[Tag.provider.rawValue]?.revealed() ?? "", response: response,
      seconds: opaque[Tag.seconds.rawValue].flatMap { Int64($0.revealed()) },
      endpointURL: opaque[Tag.endpointURL.rawValue]?.revealed())
  }

  /// The credential that it is.
  func credential(issuedAt: Instant, lifetime: Int64, region: String) -> Credential {
    var parts = [
      OpaqueCredential.Part(Tag.response.rawValue, response),
      OpaqueCredential.Part(Tag.provider.rawValue, Secret(provider)),
    ]
    if let seconds {
      parts.append(OpaqueCredential.Part(Tag.seconds.rawValue, Secret(String(seconds))))
    }
    if let endpointURL {
      parts.append(OpaqueCredential.Part(Tag.endpointURL.rawValue, Secret(endpointURL)))
    }
    return Credential(
      .opaque(OpaqueCredential(format: Self.format, parts: parts)), issuedAt: issuedAt,
      expiresAt: issuedAt.advanced(bySeconds: lifetime), region: region)
  }
}
