import Core
import Foundation
import Model
import Synchronization
import Testing

@testable import AWS

@Suite struct IdentityCenterTests {
  static let oidc = "https://oidc.eu-west-1.amazonaws.com"

  static func source(_ body: [String: Any] = [:]) throws -> IdentityCenterSource {
    var body = body
    body["start_url"] = body["start_url"] ?? "https://corp.awsapps.com/start/#/"
    body["region"] = body["region"] ?? "eu-west-1"
    return try IdentityCenterSource(Written.provider("corp", "aws/iam-identity-center", body))
  }

  private func logIn(
    _ world: FakeWorld, after previous: Credential? = nil, _ body: [String: Any] = [:]
  ) async throws -> Credential {
    try await Self.source(body).credential(
      LinkRequest(
        realm: "", upstream: nil, previous: previous, loginCommand: "atmos-auth login dev",
        effects: world.effects))
  }

  private func failure(
    _ world: FakeWorld, after previous: Credential? = nil, _ body: [String: Any] = [:]
  ) async throws -> AuthError {
    try await #require(throws: AuthError.self) {
      _ = try await logIn(world, after: previous, body)
    }
  }

  // MARK: The code on any device

  @Test func `a login by code: every request, and what the person sees`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes(interval: 2))
    world.answers(.pending)
    world.answers(.token())
    let credential = try await logIn(world)

    #expect(
      world.requests.map(\.url) == [
        "\(Self.oidc)/client/register", "\(Self.oidc)/device_authorization",
        "\(Self.oidc)/token", "\(Self.oidc)/token",
      ])
    #expect(
      try world.json(0) == [
        "clientName": "atmos-auth", "clientType": "public", "scopes": "sso:account:access",
        "grantTypes": "urn:ietf:params:oauth:grant-type:device_code refresh_token",
      ])
    #expect(
      try world.json(1) == [
        "clientId": "client-1", "clientSecret": "secret-of-client-1",
        "startUrl": "https://corp.awsapps.com/start",
      ])
    #expect(
      try world.json(2) == [
        "clientId": "client-1", "clientSecret": "secret-of-client-1", "deviceCode": "device-code",
        "grantType": "urn:ietf:params:oauth:grant-type:device_code",
      ])
    #expect(world.requests.allSatisfy { $0.method == "POST" })
    let names = world.requests.flatMap { $0.headers.map { $0.name.lowercased() } }
    #expect(!names.contains("authorization") && !names.contains("x-amz-date"))
    #expect(world.sleeps == [.seconds(2), .seconds(2)])
    #expect(
      world.pages == [
        SignInPage(
          url: "https://corp.awsapps.com/start/#/device?user_code=ABCD-EFGH", code: "ABCD-EFGH",
          isOpen: false)
      ])
    let token = try #require(credential.bearer)
    #expect(token.accessToken == Secret("token-1"))
    #expect(token.refreshToken == Secret("refresh-1"))
    #expect(token.client?.id == "client-1")
    #expect(token.issuer == "https://corp.awsapps.com/start")
    #expect(credential.expiresAt == .noon.advanced(bySeconds: 28800))
    #expect(credential.region == "eu-west-1")
  }

  @Test func `with a browser the page of the code is opened`() async throws {
    let world = FakeWorld(hasTerminal: true, hasBrowser: true)
    world.answers(.registers())
    world.answers(.authorizes())
    world.answers(.token())
    _ = try await logIn(world, ["spec": ["flow": "device"]])
    #expect(world.opened == ["https://corp.awsapps.com/start/#/device?user_code=ABCD-EFGH"])
    #expect(world.pages.map(\.isOpen) == [true])
  }

  @Test func `trap 38: a service that is asked too often is asked less often for good`()
    async throws
  {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes(interval: 1))
    world.answers(.pending)
    world.answers(.sso("SlowDownException", "slow_down"))
    world.answers(.pending)
    world.answers(.sso("SlowDownException", "slow_down"))
    world.answers(.token())
    _ = try await logIn(world)
    #expect(world.sleeps == [1, 1, 6, 6, 11].map { .seconds($0) })
  }

  @Test func `OAuth's code in the body is enough to understand a refusal`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes())
    world.answers(.json(#"{"error":"authorization_pending"}"#, status: 400))
    world.answers(.token())
    _ = try await logIn(world)
    #expect(world.requests.count == 4)
  }

  @Test func `a moment without network ends no login by code`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes())
    world.fails(.brokenConnection)
    world.answers(HTTPResponse(status: 502, body: Array("<html>".utf8)))
    world.answers(.token())
    let credential = try await logIn(world)
    #expect(credential.bearer?.accessToken == Secret("token-1"))
  }

  @Test(arguments: [
    ("AccessDeniedException", AuthError.Code.refused, "denied in the browser"),
    ("ExpiredTokenException", .loginRequired, "nobody approved the login to `corp` in time"),
    ("InvalidGrantException", .refused, "refused CreateToken for provider `corp`"),
  ])
  func `how a login by code can end`(exception: String, code: AuthError.Code, text: String)
    async throws
  {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes())
    world.answers(.sso(exception))
    let error = try await failure(world)
    #expect(error.code == code)
    #expect(error.message.contains(text))
  }

  @Test func `a code that nobody approves is not waited for longer than it lasts`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes(interval: 5, expiresIn: 12))
    for _ in 0..<3 { world.answers(.pending) }
    let error = try await failure(world)
    #expect(error.code == .loginRequired)
    #expect(world.requests.count == 5)
  }

  @Test func `cancelling ends the wait for the person`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.state.withLock { $0.onSleep = { _ in throw CancellationError() } }
    world.answers(.registers())
    world.answers(.authorizes())
    let error = try await failure(world)
    #expect(error.code == .loginRequired)
    #expect(error.message.contains("interrupted"))
    #expect(world.requests.count == 2)
  }

  @Test func `a wrong start URL is explained`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.sso("InvalidRequestException", "invalid_request"))
    let error = try await failure(world)
    #expect(error.hints.first?.contains("`start_url` and `region`") == true)
  }

  @Test func `a page that is no web page is not opened`() async throws {
    let world = FakeWorld(hasTerminal: true, hasBrowser: true)
    world.answers(.registers())
    world.answers(
      .json(
        #"{"deviceCode":"d","userCode":"u","verificationUri":"file:///etc/passwd","expiresIn":60}"#)
    )
    let error = try await failure(world, ["spec": ["flow": "device"]])
    #expect(error.code == .unavailable)
    #expect(world.opened.isEmpty)
  }

  // MARK: The browser on this machine

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

  @Test func `trap 39: a login in the browser, every parameter`() async throws {
    let world = browserWorld()
    world.answers(.registers())
    world.answers(.token())
    let credential = try await logIn(world)
    #expect(
      try world.json(0) == [
        "clientName": "atmos-auth", "clientType": "public", "scopes": "sso:account:access",
        "grantTypes": "authorization_code refresh_token",
        "redirectUris": "http://127.0.0.1/oauth/callback",
        "issuerUrl": "https://corp.awsapps.com/start",
      ])
    let page = try #require(world.opened.first)
    let query = Self.query(of: page)
    let body = try world.json(1)
    #expect(page.hasPrefix("\(Self.oidc)/authorize?"))
    #expect(query["response_type"] == "code")
    #expect(query["client_id"] == "client-1")
    #expect(query["redirect_uri"] == "http://127.0.0.1:43210/oauth/callback")
    #expect(query["code_challenge_method"] == "S256")
    #expect(query["scopes"] == "sso:account:access")
    #expect(query["scope"] == nil)
    let verifier = try #require(body["codeVerifier"])
    #expect(verifier.count == 64)
    #expect(query["code_challenge"] == BrowserLogin.challenge(of: Secret(verifier)))
    #expect(body["code"] == "the-code")
    #expect(body["grantType"] == "authorization_code")
    #expect(body["redirectUri"] == "http://127.0.0.1:43210/oauth/callback")
    #expect(world.pages == [SignInPage(url: page, code: nil, isOpen: true)])
    #expect(credential.bearer?.client?.grant == "authorization_code")
  }

  @Test func `a browser on another machine shows a code, unless the definition insists`()
    async throws
  {
    let world = browserWorld()
    world.state.withLock { $0.isBrowserHere = false }
    world.answers(.registers())
    world.answers(.authorizes())
    world.answers(.token())
    _ = try await logIn(world)
    #expect(world.pages.map(\.code) == ["ABCD-EFGH"])
    #expect(world.pages.map(\.isOpen) == [true])

    let insisting = browserWorld()
    insisting.state.withLock { $0.isBrowserHere = false }
    insisting.answers(.registers())
    insisting.answers(.token())
    _ = try await logIn(insisting, ["spec": ["flow": "pkce"]])
    #expect(insisting.pages.map(\.code) == [nil])
  }

  @Test func `the challenge of RFC 7636's example`() {
    #expect(
      BrowserLogin.challenge(of: Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
  }

  @Test(arguments: [("the-code", "guessed" as String?), ("", nil)])
  func `an answer with another state or an empty code is not taken`(code: String, state: String?)
    async throws
  {
    let world = browserWorld { ["code": code, "state": state ?? $0["state"] ?? ""] }
    world.answers(.registers())
    let error = try await failure(world)
    #expect(error.message == "the browser did not come back")
    #expect(world.requests.count == 1)
  }

  @Test func `a denial in the browser`() async throws {
    let world = browserWorld {
      [
        "error": "access_denied", "error_description": "Not\u{1B}[31m you",
        "state": $0["state"] ?? "",
      ]
    }
    world.answers(.registers())
    let error = try await failure(world)
    #expect(error.code == .refused)
    #expect(error.message.contains("denied in the browser"))
    #expect(error.hints == ["the sign-in page says: Not[31m you"])
  }

  @Test func `trap 18: a code is redeemed once, whatever becomes of the answer`() async throws {
    let world = browserWorld()
    world.answers(.registers())
    world.fails(.brokenConnection)
    let error = try await failure(world)
    #expect(error.code == .unavailable)
    #expect(world.requests.count == 2)
  }

  @Test func `without a browser that starts, the code on any device is left`() async throws {
    let world = browserWorld()
    world.state.withLock { $0.canOpen = false }
    world.answers(.registers())
    world.answers(.registers("client-2"))
    world.answers(.authorizes())
    world.answers(.token())
    let credential = try await logIn(world)
    #expect(credential.bearer?.client?.id == "client-2")
    #expect(world.pages.map(\.code) == ["ABCD-EFGH"])
  }

  // MARK: Registrations

  @Test func `a registration is used again within its time`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.authorizes())
    world.answers(.token())
    let credential = try await logIn(world, after: .login(refresh: nil))
    #expect(try world.json(0)["clientId"] == "client-0")
    #expect(credential.bearer?.client?.id == "client-0")
  }

  @Test func `trap 37: a registration that has ended is made anew`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes())
    world.answers(.token())
    let credential = try await logIn(world, after: .login(client: .sample(days: -1)))
    #expect(credential.bearer?.client?.id == "client-1")
    #expect(world.requests.count == 3)
  }

  @Test func `a registration that the service forgot is made anew, once`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.sso("InvalidClientException", "invalid_client", status: 401))
    world.answers(.registers())
    world.answers(.authorizes())
    world.answers(.token())
    let credential = try await logIn(world, after: .login(refresh: nil))
    #expect(credential.bearer?.client?.id == "client-1")

    let stubborn = FakeWorld(hasTerminal: true)
    stubborn.answers(.registers())
    stubborn.answers(.sso("InvalidClientException", "invalid_client", status: 401))
    let error = try await failure(stubborn)
    #expect(error.code == .refused)
    #expect(error.message.contains("refused StartDeviceAuthorization"))
    #expect(stubborn.requests.count == 2)
  }

  @Test func `a service that is asked too often for a code is asked again`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.sso("SlowDownException", "slow_down"))
    world.answers(.authorizes())
    world.answers(.token())
    #expect(try await logIn(world).bearer?.accessToken == Secret("token-1"))
  }

  // MARK: Refresh tokens

  @Test func `trap 36: a refresh token is replaced by the one that comes back`() async throws {
    let world = FakeWorld()
    world.answers(.token("token-1", refresh: "refresh-1"))
    let credential = try await logIn(world, after: .login())
    #expect(
      try world.json(0) == [
        "clientId": "client-0", "clientSecret": "secret-of-client-0",
        "grantType": "refresh_token", "refreshToken": "refresh-0",
      ])
    #expect(credential.bearer?.refreshToken == Secret("refresh-1"))
    #expect(credential.bearer?.accessToken == Secret("token-1"))
  }

  @Test func `a refresh token that is not replaced stays`() async throws {
    let world = FakeWorld()
    world.answers(.token("token-1", refresh: nil))
    #expect(
      try await logIn(world, after: .login()).bearer?.refreshToken == Secret("refresh-0"))
  }

  @Test(arguments: [
    "InvalidGrantException", "ExpiredTokenException", "UnauthorizedClientException",
    "AccessDeniedException", "InvalidClientException",
  ])
  func `a refused refresh token needs a person, and says what to type`(exception: String)
    async throws
  {
    let world = FakeWorld()
    world.answers(.sso(exception))
    let error = try await failure(world, after: .login())
    #expect(error.code == .loginRequired)
    #expect(
      error.message
        == "the token of provider `corp` has expired or was revoked; it needs a login in a browser")
    #expect(error.hints == ["run `atmos-auth login dev` in a terminal"])
    #expect(world.requests.count == 1)
  }

  @Test(arguments: [true, false])
  func `no network is not the end of a refresh token`(hasTerminal: Bool) async throws {
    let world = FakeWorld(hasTerminal: hasTerminal)
    world.fails(.brokenConnection)
    let error = try await failure(world, after: .login())
    #expect(error.code == .unavailable)
    #expect(world.requests.count == 1)
    #expect(world.pages.isEmpty)
  }

  @Test func `without a person and a refresh token nothing is sent`() async throws {
    let world = FakeWorld()
    let error = try await failure(world)
    #expect(error.code == .loginRequired)
    #expect(error.message == "provider `corp` needs a login in a browser")
    #expect(world.requests.isEmpty)
  }

  @Test(arguments: [false, true])
  func `who needs a person`(hasTerminal: Bool) async throws {
    let effects = FakeWorld(hasTerminal: hasTerminal).effects
    let source = try Self.source()
    let needed: PersonNeed = hasTerminal ? .present : .absent
    #expect(await source.personNeed(after: nil, effects: effects) == needed)
    #expect(await source.personNeed(after: .login(), effects: effects) == .unneeded)
    #expect(await source.personNeed(after: .login(refresh: nil), effects: effects) == needed)
    let ended = Credential.login(client: .sample(days: -1))
    #expect(await source.personNeed(after: ended, effects: effects) == needed)
  }
}
