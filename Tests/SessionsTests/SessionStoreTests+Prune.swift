import Core
import Locks
import Model
import TestSupport
import Testing

@testable import Sessions

extension SessionStoreTests {
  @Test(
    arguments: [
      (Instant(secondsSince1970: 0), 7), (Instant(secondsSince1970: FakeClock.start + 3600), 7),
      (Facts.always, 92),
    ] as [(Instant, Int64)])
  func `sessions go a week after their end, those that renew themselves after a season`(
    renewableUntil: Instant, days: Int64
  ) async throws {
    let world = try SessionWorld()
    try await write(world.store(), renewableUntil: renewableUntil)
    let limit = try #require(Self.full.expiresAt).advanced(bySeconds: days * 86_400)
    #expect(try SessionStore.prune(world.paths, now: limit.advanced(bySeconds: -1)) == 0)
    #expect(try await read(world.store()) != nil)
    #expect(try SessionStore.prune(world.paths, now: limit.advanced(bySeconds: 1)) == 1)
    #expect(try await read(world.store()) == nil)
  }

  @Test func `sessions that do not end are never pruned`() async throws {
    let world = try SessionWorld()
    try await write(world.store(), Self.bare)
    #expect(try SessionStore.prune(world.paths, now: Facts.always) == 0)
    #expect(try await read(world.store()) != nil)
  }

  @Test func `a session that is being refreshed is not pruned`() async throws {
    let world = try SessionWorld()
    try await write(world.store())
    let path = world.paths.lockPath(realm: "r", identity: "dev/admin")
    do {
      let lock = try FileLock.acquire(path)
      defer { lock.keep() }
      #expect(try SessionStore.prune(world.paths, now: Facts.always) == 0)
    }
    #expect(try await read(world.store()) != nil)
  }
}
