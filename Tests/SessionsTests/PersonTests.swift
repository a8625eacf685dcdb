import Core
import Foundation
import Model
import TestSupport
import Testing

@testable import Sessions

/// When a person is needed, and when not.
@Suite struct PersonTests {
  @Test func `a person is asked once, and then no more`() async throws {
    let world = try SessionWorld()
    let person = FakePerson()
    world.cloud.set { $0.lifetimes = ["user": 43_200] }
    let chain = world.chain("user", "dev", people: ["user"])
    for _ in 0..<5 {
      _ = try await world.manager(interaction: person).credential(for: chain)
      world.clock.advance(3600)
    }
    #expect(await person.questions == 1)
    #expect(world.cloud.calls == ["user", "dev", "dev", "dev", "dev", "dev"])
  }

  @Test func `without a person it fails at once, in the source's words`() async throws {
    let world = try SessionWorld()
    let error = try await #require(throws: AuthError.self) {
      try await world.manager().credential(for: world.chain("user", "dev", people: ["user"]))
    }
    #expect(error.code == .loginRequired)
    #expect(error.report.contains("set `CODE`"))
    #expect(world.cloud.calls == [])
  }

  @Test func `no link is refreshed in vain on the way to one that needs a person`() async throws {
    let world = try SessionWorld()
    let error = try await #require(throws: AuthError.self) {
      try await world.manager().credential(for: world.chain("base", "hub", "dev", people: ["hub"]))
    }
    #expect(error.code == .loginRequired)
    #expect(error.message == "`dev` needs a login: `hub` has to ask you")
    #expect(error.hints == ["run `atmos-auth login dev` in a terminal"])
    #expect(world.cloud.calls == [])
  }

  @Test func `a policy can keep people out of it`() async throws {
    let world = try SessionWorld()
    let person = FakePerson()
    let error = try await #require(throws: AuthError.self) {
      try await world.manager(interaction: person).credential(
        for: world.chain("user", people: ["user"]), policy: SessionPolicy(allowPerson: false))
    }
    #expect(error.code == .loginRequired)
    #expect(await person.questions == 0)
  }

  @Test func `nobody is asked while what they gave before still works`() async throws {
    let world = try SessionWorld()
    let person = FakePerson()
    let chain = world.chain("user", "dev", people: ["user"])
    world.cloud.set { $0.lifetimes = ["user": 3600, "dev": 900] }
    _ = try await world.manager(interaction: person).credential(for: chain)
    // The user's session is in its last fifth, the role's is over.
    world.clock.advance(3000)
    _ = try await world.manager(interaction: person).credential(for: chain)
    #expect(world.cloud.calls == ["user", "dev", "dev"])
    world.clock.advance(900)
    _ = try await world.manager(interaction: person).credential(for: chain)
    #expect(world.cloud.calls == ["user", "dev", "dev", "user", "dev"])
  }

  @Test func `a target that needs a person is used to its end, and renewed by a login`()
    async throws
  {
    let world = try SessionWorld()
    let person = FakePerson()
    let chain = world.chain("base", "dev", people: ["dev"])
    let manager = world.manager(interaction: person)
    _ = try await manager.credential(for: chain)
    world.clock.advance(3585)
    _ = try await manager.credential(for: chain)
    #expect(await person.questions == 1)
    _ = try await manager.credential(for: chain, policy: SessionPolicy(forceTarget: true))
    #expect(await person.questions == 2)
    world.clock.advance(3595)
    _ = try await manager.credential(for: chain)
    #expect(await person.questions == 3)
  }

  @Test func `a minimum that was asked for does ask a person`() async throws {
    let world = try SessionWorld()
    let person = FakePerson()
    let chain = world.chain("dev", people: ["dev"])
    let manager = world.manager(interaction: person)
    _ = try await manager.credential(for: chain)
    world.clock.advance(3000)
    _ = try await manager.credential(for: chain, policy: SessionPolicy(minimumValidity: 900))
    #expect(await person.questions == 2)
  }

  @Test func `a source that asked a person unforeseen counts as one that does`() async throws {
    let world = try SessionWorld()
    world.cloud.set {
      $0.proves = ["user"]
      $0.lifetimes = ["user": 3600, "dev": 900]
    }
    let chain = world.chain("user", "dev")
    _ = try await world.manager().credential(for: chain)
    world.clock.advance(3000)
    _ = try await world.manager().credential(for: chain)
    #expect(world.cloud.calls == ["user", "dev", "dev"])
    #expect(
      world.facts("dev")?.renewableUntil == Instant(secondsSince1970: FakeClock.start + 3900))
  }

  // MARK: What the facts promise

  @Test func `what needs no person can always be renewed`() async throws {
    let world = try SessionWorld()
    _ = try await world.manager().credential(for: world.chain("base", "dev"))
    #expect(world.facts("base")?.renewableUntil == Facts.always)
    #expect(world.facts("dev")?.renewableUntil == Facts.always)
  }

  @Test func `what stands on a person's login can be renewed until that ends`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.lifetimes = ["user": 43_200, "hub": 7200, "dev": 3600] }
    _ = try await world.manager(interaction: FakePerson()).credential(
      for: world.chain("user", "hub", "dev", people: ["user"]))
    let end = Instant(secondsSince1970: FakeClock.start + 43_200)
    #expect(["user", "hub", "dev"].map { world.facts($0)?.renewableUntil } == [end, end, end])
    #expect(
      world.facts("dev")?.expiresAt == Instant(secondsSince1970: FakeClock.start + 3600))
  }

  @Test func `what asks a person itself cannot be renewed beyond its end`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.lifetimes = ["base": 43_200, "dev": 3600] }
    _ = try await world.manager(interaction: FakePerson()).credential(
      for: world.chain("base", "dev", people: ["dev"]))
    #expect(world.facts("base")?.renewableUntil == Facts.always)
    #expect(
      world.facts("dev")?.renewableUntil == Instant(secondsSince1970: FakeClock.start + 3600))
  }

  @Test func `a middle link that outlives the one a person made counts`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.lifetimes = ["user": 3600, "hub": 7200, "dev": 900] }
    _ = try await world.manager(interaction: FakePerson()).credential(
      for: world.chain("user", "hub", "dev", people: ["user"]))
    #expect(
      world.facts("dev")?.renewableUntil == Instant(secondsSince1970: FakeClock.start + 7200))
  }

  @Test func `the facts of identities that nobody asked for are left alone`() async throws {
    let world = try SessionWorld()
    let person = FakePerson()
    let other = world.chain("user", "other", people: ["user"])
    _ = try await world.manager(interaction: person).credential(for: other)
    let before = try FileSystem.readFile(world.paths.factsPath(realm: "realm", identity: "other"))
    world.clock.advance(3600)
    let chain = world.chain("user", "dev", people: ["user"])
    _ = try await world.manager(interaction: person).credential(for: chain)
    let after = try FileSystem.readFile(world.paths.factsPath(realm: "realm", identity: "other"))
    #expect(before != nil)
    #expect(after == before)
  }
}
