import Core
import Foundation
import Model
import TestSupport
import Testing

@testable import Sessions

@Suite struct SessionManagerTests {
  @Test func `a chain is walked from its root, each link with the credential before it`()
    async throws
  {
    let world = try SessionWorld()
    let credential = try await world.manager().credential(for: world.chain("base", "hub", "dev"))
    #expect(credential.aws?.accessKeyID == "ASIAdev2")
    #expect(world.cloud.calls == ["base", "hub", "dev"])
    #expect(
      world.cloud.upstreams == [
        "base": [nil], "hub": ["ASIAbase0"], "dev": ["ASIAhub1"],
      ])
  }

  @Test func `what lasts is used by the next process`() async throws {
    let world = try SessionWorld()
    let chain = world.chain("base", "dev")
    let first = try await world.manager().credential(for: chain)
    let second = try await world.manager().credential(for: chain)
    #expect(second.aws == first.aws)
    #expect(world.cloud.calls == ["base", "dev"])
  }

  @Test func `names are the same in any case`() async throws {
    let world = try SessionWorld()
    _ = try await world.manager().credential(for: world.chain("Base", "Dev"))
    _ = try await world.manager().credential(for: world.chain("base", "dev"))
    #expect(world.cloud.calls == ["Base", "Dev"])
  }

  @Test func `a chain is resumed from its last link that lasts`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.lifetimes = ["base": 43_200, "hub": 7200, "dev": 3600] }
    let chain = world.chain("base", "hub", "dev")
    _ = try await world.manager().credential(for: chain)
    world.clock.advance(3600)
    _ = try await world.manager().credential(for: chain)
    #expect(world.cloud.calls.dropFirst(3) == ["dev"])
    world.clock.advance(3600)
    _ = try await world.manager().credential(for: chain)
    #expect(world.cloud.calls.dropFirst(4) == ["hub", "dev"])
  }

  @Test func `two chains share the links they have in common`() async throws {
    let world = try SessionWorld()
    _ = try await world.manager().credential(for: world.chain("base", "hub", "dev"))
    _ = try await world.manager().credential(for: world.chain("base", "hub", "prod"))
    #expect(world.cloud.calls == ["base", "hub", "dev", "prod"])
  }

  @Test func `another realm, role or endpoint is another session`() async throws {
    let world = try SessionWorld()
    _ = try await world.manager().credential(for: world.chain("base", "dev"))
    _ = try await world.manager().credential(for: world.chain("base", "dev", realm: "other"))
    _ = try await world.manager().credential(
      for: world.chain("base", "dev", traits: [Trait("role", "arn:aws:iam::1:role/other")]))
    #expect(world.cloud.calls == ["base", "dev", "base", "dev", "base", "dev"])
    let split = world.chain("base", "dev", traits: [Trait("a", "1\nb\t2")])
    let joined = world.chain("base", "dev", traits: [Trait("a", "1"), Trait("b", "2")])
    #expect(split.sessionDigest(through: 1) != joined.sessionDigest(through: 1))
  }

  @Test func `a provider and an identity of one name do not collide`() async throws {
    let world = try SessionWorld()
    let chain = world.chain("dev", "dev", providers: ["dev"])
    _ = try await world.manager().credential(for: chain)
    _ = try await world.manager().credential(for: chain)
    #expect(world.cloud.calls == ["dev", "dev"])
    #expect(try world.store().list(realm: "realm").map(\.identity) == ["dev", "provider:dev"])
  }

  // Trap 102 of docs/traps.md.
  @Test func `a login gets a new target from the links that last`() async throws {
    let world = try SessionWorld()
    let chain = world.chain("base", "dev")
    _ = try await world.manager().credential(for: chain)
    let policy = SessionPolicy(forceTarget: true)
    let renewed = try await world.manager().credential(for: chain, policy: policy)
    #expect(renewed.aws?.accessKeyID == "ASIAdev2")
    #expect(world.cloud.calls == ["base", "dev", "dev"])
    let next = try await world.manager().credential(for: chain)
    #expect(next.aws == renewed.aws)
  }

  // Trap 103 of docs/traps.md.
  @Test func `what the surroundings offer is not remembered, nor what stands on it`()
    async throws
  {
    let world = try SessionWorld()
    let chain = world.chain("ambient", "dev", passing: ["ambient"])
    _ = try await world.manager().credential(for: chain)
    _ = try await world.manager().credential(for: chain)
    #expect(world.cloud.calls == ["ambient", "dev", "ambient", "dev"])
    #expect(try world.store().list(realm: "realm") == [])
  }

  @Test func `a failure is not remembered`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.failures = ["dev": [AuthError(.unavailable, "no route")]] }
    let chain = world.chain("base", "dev")
    let error = try await #require(throws: AuthError.self) {
      try await world.manager().credential(for: chain)
    }
    #expect(error.code == .unavailable)
    _ = try await world.manager().credential(for: chain)
    #expect(world.cloud.calls == ["base", "dev", "dev"])
  }

  @Test func `nothing is asked for what is only looked up`() async throws {
    let world = try SessionWorld()
    let chain = world.chain("base", "dev")
    #expect(try await world.manager().remembered(for: chain) == nil)
    let made = try await world.manager().credential(for: chain)
    #expect(try await world.manager().remembered(for: chain)?.aws == made.aws)
    #expect(try await world.manager().remembered(for: chain, minimumValidity: 3599) != nil)
    #expect(try await world.manager().remembered(for: chain, minimumValidity: 3600) == nil)
    world.clock.advance(3600)
    #expect(try await world.manager().remembered(for: chain) == nil)
    #expect(world.cloud.calls == ["base", "dev"])
  }

  @Test func `with a keyring that ends with the process the process still remembers`()
    async throws
  {
    let world = try SessionWorld(keyring: PassingKeyring())
    let manager = world.manager()
    _ = try await manager.credential(for: world.chain("base", "dev"))
    _ = try await manager.credential(for: world.chain("base", "dev"))
    #expect(world.cloud.calls == ["base", "dev"])
    #expect(try world.files().isEmpty)
  }

  @Test func `after everything no secret is in a file in the clear`() async throws {
    let world = try SessionWorld()
    let chain = world.chain("base", "hub", "dev")
    _ = try await world.manager().credential(for: chain)
    _ = try await world.manager().credential(for: chain, policy: .init(forceTarget: true))
    let secrets = world.cloud.secrets
    #expect(secrets.count == 4)
    let files = try world.files()
    #expect(files.keys.filter { $0.hasSuffix(".session") }.count == 3)
    for (name, bytes) in files {
      let text = String(decoding: bytes, as: UTF8.self)
      for secret in secrets { #expect(!text.contains(secret), "\(name)") }
      #expect(!text.contains("ASIA"), "\(name)")
    }
  }

  // MARK: Margins

  // Traps 22 and 23 of docs/traps.md: with a fixed margin of 15 minutes the third and fourth
  // would be renewed from the start.
  @Test(arguments: [
    (Int64(15), Int64(11), true), (15, 12, false), (60, 47, true), (60, 48, false),
    (900, 0, true), (900, 719, true), (900, 720, false), (3600, 2879, true), (3600, 2880, false),
    (43_200, 42_299, true), (43_200, 42_300, false),
  ])
  func `a session is renewed in the last fifth of its life, fifteen minutes at most`(
    lifetime: Int64, age: Int64, isUsed: Bool
  ) async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.lifetimes = ["base": nil, "dev": lifetime] }
    let chain = world.chain("base", "dev")
    _ = try await world.manager().credential(for: chain)
    world.clock.advance(age)
    _ = try await world.manager().credential(for: chain)
    #expect(world.cloud.calls.count == (isUsed ? 2 : 3))
  }

  @Test func `credentials that do not end are never renewed`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.lifetimes = ["dev": nil] }
    _ = try await world.manager().credential(for: world.chain("dev"))
    world.clock.advance(10 * 365 * 86_400)
    _ = try await world.manager().credential(for: world.chain("dev"))
    #expect(world.cloud.calls == ["dev"])
    #expect(world.facts("dev")?.expiresAt == nil)
  }

  @Test(arguments: [(Int64(60), Int64(3539), true), (60, 3541, false), (3000, 601, false)])
  func `a minimum that was asked for takes the place of the margin`(
    minimum: Int64, age: Int64, isUsed: Bool
  ) async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.lifetimes = ["base": nil] }
    let chain = world.chain("base", "dev")
    _ = try await world.manager().credential(for: chain)
    world.clock.advance(age)
    _ = try await world.manager().credential(
      for: chain, policy: SessionPolicy(minimumValidity: minimum))
    #expect(world.cloud.calls.count == (isUsed ? 2 : 3))
  }

  @Test func `a minimum that the cloud never gives is an error with both numbers`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.lifetimes = ["dev": 900] }
    let error = try await #require(throws: AuthError.self) {
      try await world.manager().credential(
        for: world.chain("dev"), policy: SessionPolicy(minimumValidity: 1800))
    }
    #expect(error.code == .refused)
    #expect(
      error.message == "a new session of `dev` lasts 15m, less than the 30m asked for")
    // What was got is there for those who ask for less.
    _ = try await world.manager().credential(for: world.chain("dev"))
    #expect(world.cloud.calls == ["dev"])
  }

  @Test func `a minimum that is just given is no error`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.lifetimes = ["dev": 900] }
    let policy = SessionPolicy(minimumValidity: 900)
    #expect(
      try await world.manager().credential(for: world.chain("dev"), policy: policy).aws != nil)
  }

  @Test func `what still works is used when renewing fails, with one line`() async throws {
    let world = try SessionWorld()
    let chain = world.chain("dev")
    let first = try await world.manager().credential(for: chain)
    world.clock.advance(3000)
    world.cloud.set { $0.failures = ["dev": [AuthError(.unavailable, "no route to STS")]] }
    #expect(try await world.manager().credential(for: chain).aws == first.aws)
    #expect(
      world.notices.lines == [
        "cannot renew `dev` yet, using the existing session: no route to STS"
      ])
    world.cloud.set { $0.failures = ["dev": [AuthError(.unavailable, "no route to STS")]] }
    await #expect(throws: AuthError.self) {
      try await world.manager().credential(
        for: chain, policy: SessionPolicy(minimumValidity: 1000))
    }
  }

  // MARK: Upstream credentials that end on the way

  @Test func `an upstream that the cloud calls ended is renewed once`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.lifetimes = ["dev": 60] }
    let chain = world.chain("base", "dev")
    _ = try await world.manager().credential(for: chain)
    world.clock.advance(60)
    world.cloud.set { $0.failures = ["dev": [AuthError(.expiredUpstream, "expired")]] }
    _ = try await world.manager().credential(for: chain)
    #expect(world.cloud.calls == ["base", "dev", "dev", "base", "dev"])
  }

  @Test func `if that does not help, the error is shown`() async throws {
    let world = try SessionWorld()
    let expired = AuthError(.expiredUpstream, "the token has expired")
    world.cloud.set { $0.failures = ["dev": [expired, expired, expired]] }
    let error = try await #require(throws: AuthError.self) {
      try await world.manager().credential(for: world.chain("base", "dev"))
    }
    #expect(error.code == .expiredUpstream)
    #expect(world.cloud.calls == ["base", "dev", "base", "dev"])
  }

  @Test func `a refusal logs nobody in again`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.failures = ["dev": [AuthError(.refused, "AccessDenied")]] }
    let error = try await #require(throws: AuthError.self) {
      try await world.manager().credential(for: world.chain("base", "dev"))
    }
    #expect(error.message == "AccessDenied")
    #expect(world.cloud.calls == ["base", "dev"])
  }

  @Test func `an upstream that ends during the call after it is renewed once`() async throws {
    let world = try SessionWorld()
    world.cloud.set {
      $0.lifetimes = ["hub": 15]
      $0.failures = ["dev": [AuthError(.refused, "ExpiredToken"), AuthError(.refused, "again")]]
      let clock = world.clock
      $0.onCall = { name in if name == "dev" { clock.advance(20) } }
    }
    let chain = world.chain("base", "hub", "dev")
    let error = try await #require(throws: AuthError.self) {
      try await world.manager().credential(for: chain)
    }
    #expect(error.message == "again")
    #expect(world.cloud.calls == ["base", "hub", "dev", "hub", "dev"])
    _ = try await world.manager().credential(for: chain)
    #expect(world.cloud.calls.suffix(2) == ["hub", "dev"])
  }
}
