import Core
import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Sessions

/// Logins that several definitions share, and the tokens they give.
@Suite struct SharedLoginTests {
  private let portal: FakePortal
  private let world: SessionWorld

  init() throws {
    world = try SessionWorld()
    portal = FakePortal(clock: world.clock)
  }

  private func chain(
    _ provider: String = "corp", _ identity: String? = "dev", realm: String = "one",
    traits: [Model.Trait] = []
  ) -> Chain {
    var links = [
      Link(
        name: provider, kind: Kind("sso", .provider, summary: "a portal"),
        source: FakeLogin(portal: portal, login: "portal-1", traits: traits))
    ]
    if let identity {
      links.append(
        Link(
          name: identity, kind: Kind("set", .identity, summary: "a role"),
          source: FakeRole(portal: portal)))
    }
    return Chain(realm: realm, links: links)
  }

  private func login(_ chain: Chain, force: Bool = false) async throws -> Credential {
    try await world.manager(interaction: FakePerson()).credential(
      for: chain, policy: SessionPolicy(forceTarget: force))
  }

  @Test func `two realms and two names are one login`() async throws {
    _ = try await login(chain("corp", "dev", realm: "one"))
    _ = try await login(chain("Company", "prod", realm: "two"))
    #expect(portal.calls == ["person", "role token-1", "role token-1"])
    #expect(try world.store().realms() == ["@shared", "one", "two"])
    #expect(try world.store().list(realm: "@shared").map(\.identity) == ["portal-1"])
    #expect(try world.store().list(realm: "one").map(\.identity) == ["dev"])
  }

  @Test func `a login that does something else is another one`() async throws {
    _ = try await login(chain())
    _ = try await login(chain(realm: "two", traits: [Model.Trait("endpoint", "http://x")]))
    #expect(portal.calls.filter { $0 == "person" }.count == 2)
  }

  @Test func `a token that can be renewed asks no person`() async throws {
    _ = try await login(chain())
    world.clock.advance(28_800)
    _ = try await world.manager().credential(for: chain())
    #expect(portal.calls == ["person", "role token-1", "refresh refresh-1", "role token-2"])
    world.clock.advance(28_800)
    _ = try await world.manager().credential(for: chain())
    #expect(portal.calls.suffix(2) == ["refresh refresh-2", "role token-3"])
  }

  @Test func `the facts say until when no person is needed`() async throws {
    _ = try await login(chain())
    let end = Instant(secondsSince1970: FakeClock.start + FakePortal.clientLifetime)
    #expect(world.facts("dev", realm: "one")?.renewableUntil == end)
    #expect(world.facts("portal-1", realm: "@shared")?.renewableUntil == end)

    portal.set { $0.givesRefreshTokens = false }
    _ = try await login(chain("corp", nil), force: true)
    let token = Instant(secondsSince1970: FakeClock.start + 28_800)
    #expect(world.facts("portal-1", realm: "@shared")?.renewableUntil == token)
  }

  @Test func `a token that can be renewed is not swept away`() async throws {
    _ = try await login(chain("corp", nil))
    let store = world.store()
    world.clock.advance(30 * 86_400)
    try SessionStore.prune(world.paths, now: world.clock.now)
    #expect(try await store.last(realm: "@shared", identity: "portal-1") != nil)
    world.clock.advance(70 * 86_400)
    try SessionStore.prune(world.paths, now: world.clock.now)
    #expect(try await store.last(realm: "@shared", identity: "portal-1") == nil)
  }

  @Test func `a renewed token is stored before it is used`() async throws {
    _ = try await login(chain())
    world.clock.advance(28_800)
    portal.set { $0.failures = ["role": AuthError(.refused, "not assigned")] }
    await #expect(throws: AuthError.self) { _ = try await world.manager().credential(for: chain()) }
    let stored = try await world.store().last(realm: "@shared", identity: "portal-1")
    #expect(stored?.bearer?.refreshToken == Secret("refresh-2"))
    #expect(stored?.bearer?.client?.grant == "device")
  }

  @Test func `without a network the token there is goes on`() async throws {
    _ = try await login(chain())
    world.clock.advance(28_800 - 600)
    portal.set { $0.failures = ["refresh": AuthError(.unavailable, "no route")] }
    _ = try await world.manager().credential(for: chain())
    #expect(portal.calls.last == "role token-1")
    world.clock.advance(3600)
    let error = try await #require(throws: AuthError.self) {
      _ = try await world.manager().credential(for: chain())
    }
    #expect(error.code == .unavailable)
    let stored = try await world.store().last(realm: "@shared", identity: "portal-1")
    #expect(stored?.bearer?.refreshToken == Secret("refresh-1"))
  }

  @Test func `a refresh token that was refused is not shown again`() async throws {
    _ = try await login(chain())
    world.clock.advance(28_800)
    portal.set { $0.failures = ["refresh": AuthError(.loginRequired, "needs a login")] }
    let errors = await withTaskGroup(of: AuthError?.self) { group in
      for _ in 0..<50 {
        let manager = world.manager()
        group.addTask {
          do throws(AuthError) { _ = try await manager.credential(for: chain()) } catch {
            return error
          }
          return nil
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(errors.allSatisfy { $0?.code == .loginRequired })
    #expect(portal.calls.filter { $0.hasPrefix("refresh") } == ["refresh refresh-1"])
    let stored = try await world.store().last(realm: "@shared", identity: "portal-1")
    #expect(stored?.bearer?.client?.id == "client")
    #expect(stored?.bearer?.refreshToken == nil)
  }

  @Test func `a token that the service calls ended is renewed once`() async throws {
    _ = try await login(chain())
    world.clock.advance(3600)
    portal.set { $0.ended = ["token-1"] }
    _ = try await world.manager().credential(for: chain())
    #expect(
      portal.calls.suffix(3) == ["role token-1", "refresh refresh-1", "role token-2"])
  }

  @Test func `a token that has ended and cannot be renewed is remembered as ended`() async throws {
    portal.set { $0.givesRefreshTokens = true }
    _ = try await login(chain())
    world.clock.advance(3600)
    portal.set {
      $0.ended = ["token-1"]
      $0.failures = ["refresh": AuthError(.loginRequired, "needs a login")]
    }
    for _ in 0..<3 {
      await #expect(throws: AuthError.self) {
        _ = try await world.manager().credential(for: chain())
      }
    }
    #expect(portal.calls.filter { $0 == "role token-1" }.count == 2)
    #expect(portal.calls.filter { $0.hasPrefix("refresh") }.count == 1)
  }

  @Test func `fifty callers of two realms open one page`() async throws {
    portal.set { $0.delay = .milliseconds(200) }
    let person = FakePerson()
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<50 {
        let manager = world.manager(interaction: person)
        group.addTask {
          _ = try? await manager.credential(
            for: chain(realm: index.isMultiple(of: 2) ? "one" : "two"))
        }
      }
    }
    #expect(portal.calls.filter { $0 == "person" }.count == 1)
    #expect(portal.calls.filter { $0.hasPrefix("role") }.count == 2)
  }

  @Test func `the command to type names what was asked for`() async throws {
    for (chain, command) in [
      (chain("corp", "dev"), "atmos-auth login dev"),
      (chain("corp", "Acme Prod/Admin"), "atmos-auth login 'Acme Prod/Admin'"),
      (chain("corp", nil), "atmos-auth login --provider corp"),
    ] {
      let error = try await #require(throws: AuthError.self) {
        _ = try await world.manager().credential(for: chain)
      }
      #expect(error.hints == ["run `\(command)`"])
    }
  }

  @Test func `ending a login tells the service and forgets it here, whatever that says`()
    async throws
  {
    _ = try await login(chain())
    let ended = try await world.manager().end(chain("Company", nil, realm: "two"))
    #expect(ended.wasRemembered && ended.isEndedAtService && ended.failure == nil)
    #expect(portal.calls.last == "end token-1")
    #expect(try await world.store().last(realm: "@shared", identity: "portal-1") == nil)

    _ = try await login(chain("corp", nil), force: true)
    portal.set { $0.failures = ["end": AuthError(.unavailable, "no route")] }
    let other = try await world.manager().end(chain("corp", nil))
    #expect(other.wasRemembered && !other.isEndedAtService && other.failure != nil)
    #expect(try await world.store().last(realm: "@shared", identity: "portal-1") == nil)
    #expect(try await world.manager().end(chain("corp", nil)).wasRemembered == false)
  }
}

/// A service that gives tokens, and roles for tokens.
private final class FakePortal: Sendable {
  static let clientLifetime: Int64 = 90 * 86_400

  struct State {
    var calls: [String] = []
    var count = 0
    var failures: [String: AuthError] = [:]
    var ended: Set<String> = []
    var givesRefreshTokens = true
    var delay = Duration.zero
  }

  private let state = Mutex(State())
  private let clock: FakeClock

  init(clock: FakeClock) { self.clock = clock }

  var calls: [String] { state.withLock { $0.calls } }
  func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

  func note(_ call: String) throws(AuthError) {
    let failure = state.withLock { state in
      state.calls.append(call)
      return state.failures[String(call.prefix { $0 != " " })]
    }
    if let failure { throw failure }
  }

  func wait() async {
    let delay = state.withLock { $0.delay }
    if delay > .zero { try? await Task.sleep(for: delay) }
  }

  func hasEnded(_ token: String) -> Bool { state.withLock { $0.ended.contains(token) } }

  func token() -> Credential {
    let (number, isRenewable) = state.withLock { state in
      state.count += 1
      return (state.count, state.givesRefreshTokens)
    }
    return Credential(
      .bearer(
        BearerToken(
          issuer: "https://portal", accessToken: Secret("token-\(number)"),
          refreshToken: isRenewable ? Secret("refresh-\(number)") : nil,
          client: BearerToken.Client(
            id: "client", secret: Secret("s"),
            expiresAt: Instant(secondsSince1970: FakeClock.start + Self.clientLifetime),
            grant: "device"))),
      issuedAt: clock.now, expiresAt: clock.now.advanced(bySeconds: 28_800), region: "eu-west-1")
  }

  func role() -> Credential {
    Credential(
      .aws(
        AWSKeys(
          accessKeyID: "ASIA", secretAccessKey: Secret("s"), sessionToken: Secret("t"),
          origin: .role)),
      issuedAt: clock.now, expiresAt: clock.now.advanced(bySeconds: 3600))
  }
}

private struct FakeLogin: CredentialSource {
  var portal: FakePortal
  var login: String
  var traits: [Model.Trait]
  var sharedLogin: String? { login }

  func personNeed(
    after previous: Credential?, realm: String, effects: Effects
  ) async -> PersonNeed {
    previous?.isRenewable(at: effects.now()) == true
      ? .unneeded : PersonNeed(atTerminalOf: effects)
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    if let refreshToken = request.previous?.bearer?.refreshToken {
      try portal.note("refresh \(refreshToken.revealed())")
      return portal.token()
    }
    guard request.effects.interaction != nil else {
      throw AuthError(.loginRequired, "no person", hints: ["run `\(request.loginCommand)`"])
    }
    await portal.wait()
    try portal.note("person")
    return portal.token()
  }

  func end(_ credential: Credential, effects: Effects) async throws(AuthError) -> Bool {
    try portal.note("end \(credential.bearer?.accessToken.revealed() ?? "")")
    return true
  }
}

private struct FakeRole: CredentialSource {
  var portal: FakePortal
  var traits: [Model.Trait] { [Model.Trait("role", "r")] }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    let token = request.upstream?.bearer?.accessToken.revealed() ?? "nothing"
    try portal.note("role \(token)")
    if portal.hasEnded(token) { throw AuthError(.expiredUpstream, "the token has ended") }
    return portal.role()
  }
}
