import Core
import Model

/// The sign-in to the AWS console as far as programs use it: a page to send a browser to, and tokens
/// that are keys.
///
/// Source: the service model `signin/2023-01-01` of botocore 1.43, and the AWS CLI's `aws login`.
struct SignInClient: Sendable {
  /// Where the browser is: which client of AWS' own one is.
  enum Device: String {
    /// On this machine; it brings the code to a port.
    case same = "arn:aws:signin:::devtools/same-device"
    /// Anywhere; its page shows the code.
    case cross = "arn:aws:signin:::devtools/cross-device"
  }

  /// What was given for a code or a refresh token.
  struct Token {
    var accessKeyID: String
    var secretAccessKey: Secret
    var sessionToken: Secret
    /// Seconds until the keys end.
    var expiresIn: Int64
    var refreshToken: Secret?
    /// Says who signed in; only for a code.
    var idToken: Secret?
  }

  private let client: RESTJSONClient
  private let effects: Effects

  /// Creates a client.
  init(_ endpoint: ServiceEndpoint, effects: Effects) {
    client = RESTJSONClient(endpoint, effects: effects) { ServiceError(signIn: $0) }
    self.effects = effects
  }

  /// Where the service is.
  var endpoint: ServiceEndpoint { client.endpoint }

  /// Where the page shows the code to be copied.
  var confirmationURI: String { endpoint.url + "v1/sessions/confirmation" }

  private static let tokenPath = "v1/token"

  /// The page on which a person signs in.
  ///
  /// The method is `SHA-256`, not OAuth's `S256` (trap 106 of docs/traps.md).
  func authorizationURL(_ device: Device, _ question: LoopbackCode.Question) -> String {
    endpoint.url + "v1/authorize?"
      + PercentEncoding.form([
        (name: "response_type", value: "code"), (name: "client_id", value: device.rawValue),
        (name: "redirect_uri", value: question.redirectURI),
        (name: "state", value: question.state), (name: "scope", value: "openid"),
        (name: "code_challenge_method", value: "SHA-256"),
        (name: "code_challenge", value: question.challenge),
      ])
  }

  /// `CreateOAuth2Token` for a code, which works once.
  func token(
    _ device: Device, _ code: LoopbackCode, _ key: ProofKey
  ) async throws(CallFailure) -> Token {
    var input = TokenInput(clientId: device.rawValue, grantType: "authorization_code")
    input.code = code.code.revealed()
    input.codeVerifier = code.verifier.revealed()
    input.redirectUri = code.redirectURI
    return try await token(input, key)
  }

  /// `CreateOAuth2Token` for a refresh token, which is used up by it.
  func token(renewing renewal: Renewal, _ key: ProofKey) async throws(CallFailure) -> Token {
    var input = TokenInput(clientId: renewal.clientID, grantType: "refresh_token")
    input.refreshToken = renewal.refreshToken.revealed()
    return try await token(input, key)
  }

  /// Codes and refresh tokens work once: what may have arrived is not sent again.
  ///
  /// Each try has a proof of its own, since a service takes a proof once.
  private func token(_ input: TokenInput, _ key: ProofKey) async throws(CallFailure) -> Token {
    let url = endpoint.url + Self.tokenPath
    let answer: TokenAnswer = try await client.post(
      Self.tokenPath, input, isRepeatable: false
    ) { now in
      let proof = key.proof(method: "POST", url: url, at: now, id: UniqueID.make(effects))
      return [(name: "DPoP", value: proof.revealed())]
    }
    guard let token = answer.token else { throw .unreadable(status: 200) }
    return token
  }
}

extension ServiceError {
  /// Reads a refusal of the sign-in, whose own word says more than the exception's name.
  fileprivate init(signIn response: HTTPResponse) {
    self.init(json: response)
    if let word = Self.oauthCode(response) { code = DisplayText.sanitized(word, limit: 80) }
  }
}

// The names below are the service's.

private struct TokenInput: Encodable {
  var clientId: String
  var grantType: String
  var code: String?
  var codeVerifier: String?
  var redirectUri: String?
  var refreshToken: String?
}

/// What the service answers, in either of the spellings that it has: it follows those of the request.
private struct TokenAnswer: Decodable {
  var token: SignInClient.Token?

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let keysName = ["accessToken", "access_token"].map(Key.init).first(where: values.contains)
    guard let keysName else { return }
    let keys = try values.nestedContainer(keyedBy: Key.self, forKey: keysName)
    guard let id = Self.text(keys, "accessKeyId", "access_key_id"),
      let secret = Self.text(keys, "secretAccessKey", "secret_access_key"),
      let session = Self.text(keys, "sessionToken", "session_token")
    else { return }
    let seconds = ["expiresIn", "expires_in"].lazy
      .compactMap { try? values.decode(Double.self, forKey: Key(stringValue: $0)) }.first
    token = SignInClient.Token(
      accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: Secret(session),
      expiresIn: min(max(0, seconds?.whole ?? 900), 43200),
      refreshToken: Self.text(values, "refreshToken", "refresh_token").map { Secret($0) },
      idToken: Self.text(values, "idToken", "id_token").map { Secret($0) })
  }

  private static func text(
    _ values: KeyedDecodingContainer<Key>, _ names: String...
  ) -> String? {
    names.lazy.compactMap { try? values.decode(String.self, forKey: Key(stringValue: $0)) }
      .first { !$0.isEmpty }
  }
}
