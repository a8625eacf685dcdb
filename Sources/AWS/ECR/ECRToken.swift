import Core
import Model

/// What ECR answers: user and password in Base64, and when they end.
struct ECRToken: Decodable {
  /// The answer of the private registries: a list, of which the first is the caller's region's.
  struct Private: Decodable {
    var authorizationData: [ECRToken]
  }

  /// The answer of the public registry.
  struct Public: Decodable {
    var authorizationData: ECRToken
  }

  /// The user and password.
  let password: RegistryPassword

  private enum Key: String, CodingKey { case authorizationToken, expiresAt }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let text = try values.decode(String.self, forKey: .authorizationToken)
    // Trap 1 of docs/traps.md: seconds with a fraction, maybe with an exponent.
    let end = try values.decode(Double.self, forKey: .expiresAt).whole
    guard let pair = Base64.decode(text.utf8, .standard),
      let colon = pair.firstIndex(of: UInt8(ascii: ":"))
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .authorizationToken, in: values, debugDescription: "not a user and password")
    }
    password = RegistryPassword(
      user: String(decoding: pair[..<colon], as: UTF8.self),
      password: Secret(pair[(colon + 1)...]), expiresAt: Instant(secondsSince1970: end))
  }
}
