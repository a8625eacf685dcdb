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

  // MARK: The code on any device

  @Test func `a login by code: every request, and what the person sees`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes(interval: 2))
    world.answers(.pending)
    world.answers(.token())
    let credential = try await world.logIn()

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
    _ = try await world.logIn(["spec": ["flow": "device"]])
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
    _ = try await world.logIn()
    #expect(world.sleeps == [1, 1, 6, 6, 11].map { .seconds($0) })
  }

  @Test func `OAuth's code in the body is enough to understand a refusal`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes())
    world.answers(.json(#"{"error":"authorization_pending"}"#, status: 400))
    world.answers(.token())
    _ = try await world.logIn()
    #expect(world.requests.count == 4)
  }

  @Test func `a moment without network ends no login by code`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes())
    world.fails(.brokenConnection)
    world.answers(HTTPResponse(status: 502, body: Array("<html>".utf8)))
    world.answers(.token())
    let credential = try await world.logIn()
    #expect(credential.bearer?.accessToken == Secret("token-1"))
  }

  @Test(arguments: [
    ("AccessDeniedException", AuthError.Code.refused, "denied in the browser"),
    ("ExpiredTokenException", .loginRequired, "the login to `corp` was not approved in time"),
    ("InvalidGrantException", .refused, "refused CreateToken for provider `corp`"),
  ])
  func `how a login by code can end`(exception: String, code: AuthError.Code, text: String)
    async throws
  {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes())
    world.answers(.sso(exception))
    let error = try await world.failure()
    #expect(error.code == code)
    #expect(error.message.contains(text))
  }

  @Test func `a code that nobody approves is not waited for longer than it lasts`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes(interval: 5, expiresIn: 12))
    for _ in 0..<3 { world.answers(.pending) }
    let error = try await world.failure()
    #expect(error.code == .loginRequired)
    #expect(world.requests.count == 5)
  }

  @Test func `cancelling ends the wait for the person`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.state.withLock { $0.onSleep = { _ in throw CancellationError() } }
    world.answers(.registers())
    world.answers(.authorizes())
    let error = try await world.failure()
    #expect(error.code == .loginRequired)
    #expect(error.message.contains("interrupted"))
    #expect(world.requests.count == 2)
  }

  @Test func `a wrong start URL is explained`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.sso("InvalidRequestException", "invalid_request"))
    let error = try await world.failure()
    #expect(error.hints.first?.contains("`start_url` and `region`") == true)
  }

  @Test func `a page that is no web page is not opened`() async throws {
    let world = FakeWorld(hasTerminal: true, hasBrowser: true)
    world.answers(.registers())
    world.answers(
      .json(
        #"{"deviceCode":"d","userCode":"u","verificationUri":"file:///etc/passwd","expiresIn":60}"#)
    )
    let error = try await world.failure(["spec": ["flow": "device"]])
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
    let credential = try await world.logIn()
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
    #expect(query["code_challenge"] == LoopbackCode.challenge(of: Secret(verifier)))
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
    _ = try await world.logIn()
    #expect(world.pages.map(\.code) == ["ABCD-EFGH"])
    #expect(world.pages.map(\.isOpen) == [true])

    let insisting = browserWorld()
    insisting.state.withLock { $0.isBrowserHere = false }
    insisting.answers(.registers())
    insisting.answers(.token())
    _ = try await insisting.logIn(["spec": ["flow": "pkce"]])
    #expect(insisting.pages.map(\.code) == [nil])
  }

  @Test func `the challenge of RFC 7636's example`() {
    #expect(
      LoopbackCode.challenge(of: Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
        == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
  }

  @Test(arguments: [("the-code", "guessed" as String?), ("", nil)])
  func `an answer with another state or an empty code is not taken`(code: String, state: String?)
    async throws
  {
    let world = browserWorld { ["code": code, "state": state ?? $0["state"] ?? ""] }
    world.answers(.registers())
    let error = try await world.failure()
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
    let error = try await world.failure()
    #expect(error.code == .refused)
    #expect(error.message.contains("denied in the browser"))
    #expect(error.hints == ["the sign-in page says: Not[31m you"])
  }

  @Test func `trap 18: a code is redeemed once, whatever becomes of the answer`() async throws {
    let world = browserWorld()
    world.answers(.registers())
    world.fails(.brokenConnection)
    let error = try await world.failure()
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
    let credential = try await world.logIn()
    #expect(credential.bearer?.client?.id == "client-2")
    #expect(world.pages.map(\.code) == ["ABCD-EFGH"])
  }
}
