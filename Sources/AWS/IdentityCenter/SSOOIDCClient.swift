import Core
import Model

/// The sign-in of IAM Identity Center: registers us, begins logins and gives tokens.
///
/// Source: the service model `sso-oidc/2019-06-10` of botocore 1.43.
struct SSOOIDCClient: Sendable {
  /// A way to get a token, registered for.
  enum Grant: String {
    /// A code that is typed or compared on any device (RFC 8628).
    case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"
    /// A code that the browser brings back to this machine (RFC 7636).
    case authorizationCode = "authorization_code"
  }

  /// A login that a person is to approve.
  struct DeviceAuthorization {
    var deviceCode: Secret
    var userCode: String
    var verificationURI: String
    var verificationURIComplete: String?
    /// Seconds until the codes end.
    var expiresIn: Int64
    /// Seconds between two questions.
    var interval: Int64
  }

  /// A token.
  struct Token {
    var accessToken: Secret
    /// Seconds until it ends, where the service says.
    var expiresIn: Int64?
    var refreshToken: Secret?
  }

  /// Without this scope no refresh token is given.
  static let scope = "sso:account:access"

  private let client: RESTJSONClient
  private let effects: Effects

  /// Creates a client.
  init(_ endpoint: ServiceEndpoint, effects: Effects) {
    client = RESTJSONClient(endpoint, effects: effects)
    self.effects = effects
  }

  /// Where the service is.
  var endpoint: ServiceEndpoint { client.endpoint }

  /// `RegisterClient`.
  func register(
    for grant: Grant, startURL: String
  ) async throws(CallFailure) -> BearerToken.Client {
    var input = RegisterInput(grantTypes: [grant.rawValue, "refresh_token"])
    if grant == .authorizationCode {
      // Without a port, which differs each time.
      input.redirectUris = ["http://127.0.0.1\(LoopbackCode.path)"]
      input.issuerUrl = startURL
    }
    let answer: RegisterAnswer = try await client.post(
      "client/register", input, isRepeatable: true)
    guard !answer.clientId.isEmpty, !answer.clientSecret.isEmpty else {
      throw .unreadable(status: 200)
    }
    return BearerToken.Client(
      id: answer.clientId, secret: Secret(answer.clientSecret),
      expiresAt: Instant(secondsSince1970: answer.clientSecretExpiresAt.whole),
      grant: grant.rawValue)
  }

  /// `StartDeviceAuthorization`.
  func startDeviceAuthorization(
    of client: BearerToken.Client, startURL: String
  ) async throws(CallFailure) -> DeviceAuthorization {
    let answer: DeviceAnswer = try await self.client.post(
      "device_authorization",
      DeviceInput(
        clientId: client.id, clientSecret: client.secret.revealed(), startUrl: startURL),
      isRepeatable: true)
    return DeviceAuthorization(
      deviceCode: Secret(answer.deviceCode), userCode: answer.userCode,
      verificationURI: answer.verificationUri,
      verificationURIComplete: answer.verificationUriComplete,
      // Others wait for this login, and not longer than that.
      expiresIn: min(900, max(1, answer.expiresIn?.whole ?? 600)),
      interval: min(60, max(1, answer.interval?.whole ?? 5)))
  }

  /// `CreateToken` for a device code; asked again until a person has decided.
  func token(
    of client: BearerToken.Client, deviceCode: Secret
  ) async throws(CallFailure) -> Token {
    var input = TokenInput(client, Grant.deviceCode.rawValue)
    input.deviceCode = deviceCode.revealed()
    return try await token(input)
  }

  /// `CreateToken` for the code that a browser brought.
  func token(
    of client: BearerToken.Client, code: Secret, verifier: Secret, redirectURI: String
  ) async throws(CallFailure) -> Token {
    var input = TokenInput(client, Grant.authorizationCode.rawValue)
    input.code = code.revealed()
    input.codeVerifier = verifier.revealed()
    input.redirectUri = redirectURI
    return try await token(input)
  }

  /// `CreateToken` for a refresh token, which is used up by it.
  func token(
    of client: BearerToken.Client, refreshToken: Secret
  ) async throws(CallFailure) -> Token {
    var input = TokenInput(client, "refresh_token")
    input.refreshToken = refreshToken.revealed()
    return try await token(input)
  }

  /// Codes and refresh tokens work once: what may have arrived is not sent again.
  private func token(_ input: TokenInput) async throws(CallFailure) -> Token {
    let answer: TokenAnswer = try await client.post("token", input, isRepeatable: false)
    guard !answer.accessToken.isEmpty else { throw .unreadable(status: 200) }
    let refreshToken = answer.refreshToken.flatMap { $0.isEmpty ? nil : Secret($0) }
    return Token(
      accessToken: Secret(answer.accessToken), expiresIn: answer.expiresIn?.whole,
      refreshToken: refreshToken)
  }

  /// The page on which a person signs in and approves, for the flow in a browser on this machine.
  ///
  /// The parameter is `scopes`, not OAuth's `scope`.
  func authorizationURL(
    of client: BearerToken.Client, redirectURI: String, state: String, challenge: String
  ) -> String {
    endpoint.url + "authorize?"
      + PercentEncoding.form([
        (name: "response_type", value: "code"), (name: "client_id", value: client.id),
        (name: "redirect_uri", value: redirectURI), (name: "state", value: state),
        (name: "code_challenge_method", value: "S256"), (name: "scopes", value: Self.scope),
        (name: "code_challenge", value: challenge),
      ])
  }
}

// The names below are the service's. Numbers are decoded as floating point, since services write
// seconds as `1.7E9` at times.

private struct RegisterInput: Encodable {
  var clientName = "atmos-auth"
  var clientType = "public"
  var scopes = [SSOOIDCClient.scope]
  var grantTypes: [String]
  var redirectUris: [String]?
  var issuerUrl: String?
}

private struct RegisterAnswer: Decodable {
  var clientId: String
  var clientSecret: String
  var clientSecretExpiresAt: Double
}

private struct DeviceInput: Encodable {
  var clientId: String
  var clientSecret: String
  var startUrl: String
}

private struct DeviceAnswer: Decodable {
  var deviceCode: String
  var userCode: String
  var verificationUri: String
  var verificationUriComplete: String?
  var expiresIn: Double?
  var interval: Double?
}

private struct TokenInput: Encodable {
  var clientId: String
  var clientSecret: String
  var grantType: String
  var deviceCode: String?
  var code: String?
  var codeVerifier: String?
  var redirectUri: String?
  var refreshToken: String?

  init(_ client: BearerToken.Client, _ grantType: String) {
    clientId = client.id
    clientSecret = client.secret.revealed()
    self.grantType = grantType
  }
}

private struct TokenAnswer: Decodable {
  var accessToken: String
  var expiresIn: Double?
  var refreshToken: String?
}
