import Core
import Crypto
import Foundation
import Model
import Synchronization
import Testing

@testable import AWS

@Suite struct BrowserSignInTests {
  static let page = "https://eu-central-1.signin.aws.amazon.com/v1/"

  private func user(_ credentials: [String: Any] = [:]) throws -> AWSUserSource {
    let body = ["credentials": ["region": "eu-central-1"].merging(credentials) { $1 }]
    return try AWSUserSource(Written.identity("jane", "aws/user", body))
  }

  private func run(
    _ source: any CredentialSource, _ world: FakeWorld, after previous: Credential? = nil
  ) async throws(AuthError) -> Credential {
    try await source.credential(
      LinkRequest(
        realm: "", upstream: nil, previous: previous, loginCommand: "atmos-auth login jane",
        effects: world.effects))
  }

  private func browserWorld(
    _ answer: @escaping @Sendable ([String: String]) -> [String: String] = {
      ["code": "the-code", "state": $0["state"] ?? ""]
    }
  ) -> FakeWorld {
    let world = FakeWorld(hasTerminal: true, hasBrowser: true)
    world.state.withLock { $0.callback = { answer(Self.query(of: $0)) } }
    return world
  }

  private static func query(of url: String) -> [String: String] {
    let items = URLComponents(string: url)?.queryItems ?? []
    return Dictionary(items.map { ($0.name, $0.value ?? "") }) { $1 }
  }

  private func proof(_ world: FakeWorld, _ number: Int) throws -> Proof {
    let request = try #require(
      world.requests.indices.contains(number) ? world.requests[number] : nil)
    let headers = request.headers.filter { $0.name.lowercased() == "dpop" }
    #expect(headers.count == 1)
    return try Proof(try #require(headers.first?.value))
  }

  // MARK: In the browser

  @Test func `trap 106: a sign-in in the browser, every parameter`() async throws {
    let world = browserWorld()
    world.answers(.signsIn())
    let credential = try await run(user(), world)

    let page = try #require(world.opened.first)
    let query = Self.query(of: page)
    #expect(page.hasPrefix(Self.page + "authorize?"))
    #expect(query["response_type"] == "code")
    #expect(query["client_id"] == "arn:aws:signin:::devtools/same-device")
    #expect(query["redirect_uri"] == "http://127.0.0.1:43210/oauth/callback")
    #expect(query["code_challenge_method"] == "SHA-256")
    #expect(query["scope"] == "openid")
    #expect(query.count == 7)
    #expect(world.pages == [SignInPage(url: page, code: nil, isOpen: true)])

    let body = try world.json(0)
    let verifier = try #require(body["codeVerifier"])
    #expect(world.requests[0].url == Self.page + "token")
    #expect(
      body == [
        "clientId": "arn:aws:signin:::devtools/same-device", "grantType": "authorization_code",
        "code": "the-code", "codeVerifier": verifier,
        "redirectUri": "http://127.0.0.1:43210/oauth/callback",
      ])
    #expect(query["code_challenge"] == LoopbackCode.challenge(of: Secret(verifier)))
    #expect(!world.requests[0].headers.contains { $0.name.lowercased() == "authorization" })

    #expect(credential.aws?.accessKeyID == "ASIASIGNEDIN1")
    #expect(credential.aws?.origin == .userSession)
    #expect(credential.expiresAt == .noon.advanced(bySeconds: 900))
    #expect(credential.principal == "arn:aws:iam::123456789012:user/jane")
    #expect(credential.account == "123456789012")
    #expect(credential.region == "eu-central-1")
    #expect(credential.renewal?.refreshToken == Secret("refresh-1"))
    #expect(credential.renewal?.endsAt == .noon.advanced(bySeconds: 43200))
  }

  @Test func `trap 107: the proof of RFC 9449, with the key that is kept`() async throws {
    let world = browserWorld()
    world.answers(.signsIn())
    world.answers(.signsIn(2))
    let first = try await run(user(), world)
    let second = try await run(user(), world, after: first)

    let proofs = [try proof(world, 0), try proof(world, 1)]
    for proof in proofs {
      #expect(proof.header["typ"] as? String == "dpop+jwt")
      #expect(proof.header["alg"] as? String == "ES256")
      #expect(Set(proof.key.keys) == ["kty", "crv", "x", "y"], "nothing of the private key")
      #expect(proof.claims["htm"] as? String == "POST")
      #expect(proof.claims["htu"] as? String == Self.page + "token")
      #expect(proof.claims["iat"] as? Int == 1_736_942_400)
      #expect(proof.isSigned)
    }
    #expect(proofs[0].key == proofs[1].key)
    #expect(proofs[0].claims["jti"] as? String != proofs[1].claims["jti"] as? String)
    #expect(
      try world.json(1) == [
        "clientId": "arn:aws:signin:::devtools/same-device", "grantType": "refresh_token",
        "refreshToken": "refresh-1",
      ])
    #expect(second.renewal?.refreshToken == Secret("refresh-2"), "trap 36: it rotates")
    #expect(second.renewal?.key == first.renewal?.key)
    #expect(second.renewal?.endsAt == first.renewal?.endsAt)
    #expect(second.principal == first.principal)
  }

  /// The key of RFC 7515, appendix A.3.
  @Test func `a published key gives its published coordinates`() throws {
    let bytes = try #require(
      Base64.decode(Array("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI".utf8), .url))
    let key = try #require(ProofKey(Secret(bytes)))
    let text = key.proof(method: "POST", url: "https://a.example/t", at: .noon, id: "1")
    let proof = try Proof(text.revealed())
    #expect(proof.key["x"] == "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")
    #expect(proof.key["y"] == "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")
    #expect(proof.isSigned)
    #expect(key.secret == Secret(bytes))
    #expect(ProofKey(Secret([UInt8](repeating: 0, count: 32))) == nil)
    #expect(ProofKey(Secret([1, 2, 3])) == nil)
  }

  @Test func `answers in the spelling of forms are understood, too`() async throws {
    let world = browserWorld()
    world.answers(
      .json(
        """
        {"access_token":{"access_key_id":"ASIAFORM","secret_access_key":"s","session_token":"t"},
         "token_type":"aws_sigv4","expires_in":600,"refresh_token":"r"}
        """))
    let credential = try await run(user(), world)
    #expect(credential.aws?.accessKeyID == "ASIAFORM")
    #expect(credential.expiresAt == .noon.advanced(bySeconds: 600))
    #expect(credential.renewal?.refreshToken == Secret("r"))
  }

  @Test(arguments: [
    ("the-code", "guessed" as String?), ("", nil),
  ])
  func `an answer with another state or an empty code is not taken`(code: String, state: String?)
    async throws
  {
    let world = browserWorld { ["code": code, "state": state ?? $0["state"] ?? ""] }
    let error = try await #require(throws: AuthError.self) { _ = try await run(user(), world) }
    #expect(error.code == .loginRequired)
    #expect(world.requests.isEmpty)
  }

  @Test func `a person who says no`() async throws {
    let world = browserWorld {
      ["error": "access_denied", "error_description": "no\u{1B}[31m", "state": $0["state"] ?? ""]
    }
    let error = try await #require(throws: AuthError.self) { _ = try await run(user(), world) }
    #expect(error.code == .refused)
    #expect(error.message == "the login to `jane` was denied in the browser")
    #expect(!error.report.contains("\u{1B}"))
    #expect(world.requests.isEmpty)
  }

  // MARK: On another device

  private func crossWorld(
    _ paste: @escaping @Sendable (_ state: String) -> String
  ) -> FakeWorld {
    let world = FakeWorld(hasTerminal: true)
    world.state.withLock { $0.answerToPage = { paste(Self.query(of: $0.url)["state"] ?? "") } }
    return world
  }

  @Test(arguments: ["", "=", "\n"])
  func `on another device the code is pasted`(end: String) async throws {
    let world = crossWorld { state in
      Data("state=\(state)&code=the+code%2F1".utf8).base64EncodedString()
        .replacing("=", with: "") + end
    }
    world.answers(.signsIn())
    let credential = try await run(user(), world)
    let query = Self.query(of: try #require(world.pages.first?.url))
    #expect(query["client_id"] == "arn:aws:signin:::devtools/cross-device")
    #expect(query["redirect_uri"] == Self.page + "sessions/confirmation")
    let body = try world.json(0)
    #expect(body["code"] == "the+code/1")
    #expect(body["redirectUri"] == Self.page + "sessions/confirmation")
    #expect(credential.renewal?.clientID == "arn:aws:signin:::devtools/cross-device")
    #expect(world.opened.isEmpty)
  }

  @Test(arguments: [
    ("c3RhdGU9Z3Vlc3NlZCZjb2RlPWM", "is not of this sign-in"),  // state=guessed&code=c
    ("the-code", "is not the code of a sign-in"), ("", "is not the code of a sign-in"),
  ])
  func `what is pasted has to be of this sign-in`(text: String, message: String) async throws {
    let world = crossWorld { _ in text }
    let error = try await #require(throws: AuthError.self) { _ = try await run(user(), world) }
    #expect(error.code == .refused)
    #expect(error.message.contains(message))
    #expect(world.requests.isEmpty)
  }

  // MARK: Renewing

  @Test(arguments: [
    ("TOKEN_EXPIRED", 401), ("USER_CREDENTIALS_CHANGED", 403), ("invalid_grant", 400),
  ])
  func `a refresh token that is over takes a person`(code: String, status: Int) async throws {
    let alone = FakeWorld()
    alone.answers(.refusesSignIn(code, status))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(user(), alone, after: .signedIn())
    }
    #expect(error.code == .loginRequired, "so that it is not tried again by the next one")
    #expect(error.message == "the browser's login of identity `jane` has ended")

    let world = browserWorld()
    world.answers(.refusesSignIn(code, status))
    world.answers(.signsIn())
    #expect(try await run(user(), world, after: .signedIn()).aws?.accessKeyID == "ASIASIGNEDIN1")
  }

  @Test(arguments: [(500, "server_error"), (429, "TooManyRequestsError"), (503, "")])
  func `a service in trouble costs no login`(status: Int, code: String) async throws {
    let world = browserWorld()
    world.answers(.refusesSignIn(code, status))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(user(), world, after: .signedIn())
    }
    #expect(error.code == .unavailable)
    #expect(world.opened.isEmpty && world.requests.count == 1, "a refresh token is sent once")
  }

  @Test func `after twelve hours nothing is renewed`() async throws {
    let world = FakeWorld()
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(user(), world, after: .signedIn(endsIn: 0))
    }
    #expect(error.code == .loginRequired)
    #expect(world.requests.isEmpty)
  }

  @Test func `a user without the policy is told its name`() async throws {
    let world = browserWorld()
    world.answers(.refusesSignIn("INSUFFICIENT_PERMISSIONS", 403))
    let error = try await #require(throws: AuthError.self) { _ = try await run(user(), world) }
    #expect(error.code == .refused)
    #expect(error.hints.first?.contains("`SignInLocalDevelopmentAccess`") == true)
  }

  // MARK: Which way

  @Test func `stored keys come before the browser, unless it is asked for`() async throws {
    let world = browserWorld()
    world.stores(
      StoredKeys(accessKeyID: "AKIASTORED", secretAccessKey: Secret("s")), as: "atmos_jane")
    world.answers(.issues("GetSessionToken"))
    _ = try await run(user(), world)
    #expect(world.opened.isEmpty)
    world.answers(.signsIn())
    let signedIn = try await run(user().signingIn(), world, after: .signedIn())
    #expect(signedIn.aws?.accessKeyID == "ASIASIGNEDIN1")
    #expect(world.opened.count == 1, "neither keys nor a refresh token are used")
  }

  @Test func `without webflow_enabled a user without keys is told to store some`() async throws {
    let world = browserWorld()
    let off = try user(["webflow_enabled": "false"])
    let error = try await #require(throws: AuthError.self) { _ = try await run(off, world) }
    #expect(error.message == "identity `jane` has no access keys")
    #expect(error.hints == ["store them with `atmos-auth user configure -i jane`"])
    #expect(throws: AuthError.self) { _ = try off.signingIn() }
    #expect(world.opened.isEmpty)
  }

  @Test func `what it takes of a person`() async throws {
    let effects = FakeWorld(hasTerminal: true).effects
    let source = try user()
    func need(_ effects: Effects, after previous: Credential?) async -> PersonNeed {
      await source.personNeed(after: previous, realm: "", effects: effects)
    }
    #expect(await need(effects, after: .signedIn()) == .unneeded)
    #expect(await need(effects, after: .signedIn(endsIn: 0)) == .present)
    #expect(await need(FakeWorld().effects, after: .signedIn(endsIn: 0)) == .absent)
    // A page on standard error is enough where a browser here comes back, and a code is not pasted.
    var display = FakeWorld(hasBrowser: true).effects
    display.pageDisplay = { _ in }
    #expect(await need(display, after: .signedIn(endsIn: 0)) == .present)
    display.browser = nil
    #expect(await need(display, after: .signedIn(endsIn: 0)) == .absent)
    let anew = try source.signingIn()
    #expect(await anew.personNeed(after: .signedIn(), realm: "", effects: effects) == .present)
  }

  @Test func `a role of the console is chained from`() async throws {
    let world = browserWorld()
    world.answers(.signsIn(subject: "arn:aws:sts::123456789012:assumed-role/Dev/jane"))
    #expect(try await run(user(), world).aws?.origin == .role)
  }
}

/// A proof, taken apart and verified.
private struct Proof {
  let header: [String: Any]
  let key: [String: String]
  let claims: [String: Any]
  let isSigned: Bool

  init(_ text: String) throws {
    let parts = text.split(separator: ".").map { Array($0.utf8) }
    try #require(parts.count == 3)
    let decoded = try parts.map { try #require(Base64.decode($0, .url)) }
    func object(_ bytes: [UInt8]) throws -> [String: Any] {
      try #require(JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }
    let header = try object(decoded[0])
    let key = try #require(header["jwk"] as? [String: String])
    let point = try ["x", "y"].flatMap {
      try #require(Base64.decode(Array((key[$0] ?? "").utf8), .url))
    }
    (self.header, self.key) = (header, key)
    claims = try object(decoded[1])
    let signed = text.prefix(upTo: try #require(text.lastIndex(of: ".")))
    isSigned = try P256.Signing.PublicKey(rawRepresentation: point).isValidSignature(
      P256.Signing.ECDSASignature(rawRepresentation: decoded[2]), for: Data(signed.utf8))
  }
}

extension HTTPResponse {
  /// The sign-in gives keys.
  fileprivate static func signsIn(
    _ number: Int = 1, subject: String = "arn:aws:iam::123456789012:user/jane"
  ) -> HTTPResponse {
    let claims = String(
      decoding: Base64.encode(Array(#"{"sub":"\#(subject)"}"#.utf8), .url), as: UTF8.self)
    return .json(
      """
      {"accessToken":{"accessKeyId":"ASIASIGNEDIN\(number)","secretAccessKey":"secret-\(number)",
       "sessionToken":"token-\(number)"},"tokenType":"aws_sigv4","expiresIn":900,
       "refreshToken":"refresh-\(number)","idToken":"e30.\(claims).c2ln"}
      """)
  }

  /// The sign-in says no.
  fileprivate static func refusesSignIn(_ code: String, _ status: Int) -> HTTPResponse {
    var response = HTTPResponse.json(#"{"error":"\#(code)","message":"no"}"#, status: status)
    response.headers.append((name: "x-amzn-ErrorType", value: "AccessDeniedException"))
    return response
  }
}

extension Credential {
  /// Keys of a sign-in that have ended, and what renews them.
  fileprivate static func signedIn(endsIn seconds: Int64 = 3600) -> Credential {
    let key = ProofKey(FakeWorld().effects)
    return Credential(
      .aws(.session), issuedAt: .noon.advanced(bySeconds: -900), expiresAt: .noon,
      principal: "arn:aws:iam::123456789012:user/jane",
      renewal: Renewal(
        refreshToken: Secret("refresh-0"), key: key.secret,
        clientID: "arn:aws:signin:::devtools/same-device",
        endsAt: .noon.advanced(bySeconds: seconds)))
  }
}
