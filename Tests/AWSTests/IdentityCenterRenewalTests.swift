import Core
import Foundation
import Model
import Testing

@testable import AWS

/// What is left of an earlier login: a client's registration, and a refresh token.
@Suite struct IdentityCenterRenewalTests {
  // MARK: Registrations

  @Test func `a registration is used again within its time`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.authorizes())
    world.answers(.token())
    let credential = try await world.logIn(after: .login(refresh: nil))
    #expect(try world.json(0)["clientId"] == "client-0")
    #expect(credential.bearer?.client?.id == "client-0")
  }

  @Test func `trap 37: a registration that has ended is made anew`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.registers())
    world.answers(.authorizes())
    world.answers(.token())
    let credential = try await world.logIn(after: .login(client: .sample(days: -1)))
    #expect(credential.bearer?.client?.id == "client-1")
    #expect(world.requests.count == 3)
  }

  @Test func `a registration that the service forgot is made anew, once`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.answers(.sso("InvalidClientException", "invalid_client", status: 401))
    world.answers(.registers())
    world.answers(.authorizes())
    world.answers(.token())
    let credential = try await world.logIn(after: .login(refresh: nil))
    #expect(credential.bearer?.client?.id == "client-1")

    let stubborn = FakeWorld(hasTerminal: true)
    stubborn.answers(.registers())
    stubborn.answers(.sso("InvalidClientException", "invalid_client", status: 401))
    let error = try await stubborn.failure()
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
    #expect(try await world.logIn().bearer?.accessToken == Secret("token-1"))
  }

  // MARK: Refresh tokens

  @Test func `trap 36: a refresh token is replaced by the one that comes back`() async throws {
    let world = FakeWorld()
    world.answers(.token("token-1", refresh: "refresh-1"))
    let credential = try await world.logIn(after: .login())
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
      try await world.logIn(after: .login()).bearer?.refreshToken == Secret("refresh-0"))
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
    let error = try await world.failure(after: .login())
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
    let error = try await world.failure(after: .login())
    #expect(error.code == .unavailable)
    #expect(world.requests.count == 1)
    #expect(world.pages.isEmpty)
  }

  @Test func `without a person and a refresh token nothing is sent`() async throws {
    let world = FakeWorld()
    let error = try await world.failure()
    #expect(error.code == .loginRequired)
    #expect(error.message == "provider `corp` needs a login in a browser")
    #expect(world.requests.isEmpty)
  }

  @Test(arguments: [false, true])
  func `who needs a person`(hasTerminal: Bool) async throws {
    let effects = FakeWorld(hasTerminal: hasTerminal).effects
    let source = try IdentityCenterTests.source()
    let needed: PersonNeed = hasTerminal ? .present : .absent
    #expect(await source.personNeed(after: nil, realm: "", effects: effects) == needed)
    #expect(await source.personNeed(after: .login(), realm: "", effects: effects) == .unneeded)
    #expect(
      await source.personNeed(after: .login(refresh: nil), realm: "", effects: effects) == needed)
    let ended = Credential.login(client: .sample(days: -1))
    #expect(await source.personNeed(after: ended, realm: "", effects: effects) == needed)
  }
}
