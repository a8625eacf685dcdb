import Core
import Foundation
import Locks
import Model
import TestSupport
import Testing

@testable import Sessions

/// Many processes at once.
///
/// Each manager has a store and file descriptors of its own, and file locks are per descriptor, so
/// tasks stand for processes.
@Suite struct ParallelTests {
  private func run(
    _ count: Int, _ world: SessionWorld, _ chain: Chain, policy: SessionPolicy = .init(),
    interaction: (any Interaction)? = nil
  ) async -> [Result<Credential, AuthError>] {
    await withTaskGroup(of: Result<Credential, AuthError>.self) { group in
      for _ in 0..<count {
        let manager = world.manager(interaction: interaction)
        group.addTask {
          do throws(AuthError) {
            return .success(try await manager.credential(for: chain, policy: policy))
          } catch {
            return .failure(error)
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
  }

  // Trap 105 of docs/traps.md.
  @Test func `two hundred callers make one call for each link`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.delay = .milliseconds(100) }
    let chain = world.chain("user", "hub", "dev", people: ["user"])
    let person = FakePerson()
    let results = await run(200, world, chain, interaction: person)
    #expect(world.cloud.calls == ["user", "hub", "dev"])
    #expect(await person.questions == 1)
    let keys = Set(results.map { (try? $0.get())?.aws?.accessKeyID })
    #expect(keys == ["ASIAdev2"])
  }

  @Test func `two hundred callers of an expired session make one call`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.lifetimes = ["base": 43_200] }
    let chain = world.chain("base", "dev")
    _ = try await world.manager().credential(for: chain)
    world.clock.advance(3600)
    world.cloud.set { $0.delay = .milliseconds(100) }
    let results = await run(200, world, chain)
    #expect(results.allSatisfy { (try? $0.get())?.aws?.accessKeyID == "ASIAdev2" })
    #expect(world.cloud.calls == ["base", "dev", "dev"])
  }

  @Test func `logins at once are one login`() async throws {
    let world = try SessionWorld()
    let chain = world.chain("base", "dev")
    _ = try await world.manager().credential(for: chain)
    world.cloud.set { $0.delay = .milliseconds(300) }
    let results = await run(20, world, chain, policy: SessionPolicy(forceTarget: true))
    #expect(results.allSatisfy { (try? $0.get())?.aws?.accessKeyID == "ASIAdev2" })
    #expect(world.cloud.calls == ["base", "dev", "dev"])
  }

  @Test func `when one fails the next tries`() async throws {
    let world = try SessionWorld()
    world.cloud.set {
      $0.delay = .milliseconds(100)
      $0.failures = ["dev": [AuthError(.unavailable, "no route")]]
    }
    let results = await run(20, world, world.chain("dev"))
    let failures = results.filter { (try? $0.get()) == nil }
    #expect(failures.count == 1)
    #expect(world.cloud.calls == ["dev", "dev"])
  }

  @Test func `when a person gives up, those who waited are not asked one by one`() async throws {
    let world = try SessionWorld()
    let chain = world.chain("user", people: ["user"])
    let waiting = Notices()
    let person = FakePerson(answer: nil, until: { Set(waiting.lines).count == 20 })
    let results = await withTaskGroup(of: AuthError?.self) { group in
      for caller in 0..<21 {
        let manager = world.manager(
          interaction: person,
          sleep: { duration in
            // Whoever waits for the lock sleeps beside it, and again when that took long.
            waiting.add("\(caller)")
            try await Task.sleep(for: duration)
          })
        group.addTask {
          do throws(AuthError) {
            _ = try await manager.credential(for: chain)
            return nil
          } catch {
            return error
          }
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.map { $0?.code } == Array(repeating: .loginRequired, count: 21))
    #expect(await person.questions == 1)
    let willing = FakePerson()
    _ = try await world.manager(interaction: willing).credential(for: chain)
    #expect(await willing.questions == 1)
  }

  @Test func `callers without a person all fail, without waiting for each other's failures`()
    async throws
  {
    let world = try SessionWorld()
    let results = await run(100, world, world.chain("user", "dev", people: ["user"]))
    #expect(results.allSatisfy { (try? $0.get()) == nil })
    #expect(world.cloud.calls == [])
    #expect(world.notices.lines == [])
    // Nobody gave up, so a person who comes next is asked as ever.
    let names = try #require(try FileSystem.list(world.paths.sessionDirectory(realm: "realm")))
    #expect(names == ["user.lock"])
  }

  @Test func `who waits is told once for whom`() async throws {
    let world = try SessionWorld()
    let path = world.paths.lockPath(realm: "realm", identity: "dev")
    var lock = try HeldLock.attempt(path)
    try #require(lock != nil)
    let manager = world.manager(sleep: { duration in
      // Two seconds for the test are a moment; the limit after it is as long as it is.
      try await Task.sleep(for: duration == .seconds(2) ? .milliseconds(10) : duration)
    })
    async let credential = manager.credential(for: world.chain("dev"))
    while world.notices.lines.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    lock = nil
    #expect(try await credential.aws != nil)
    #if os(Linux)
    let number = ProcessInfo.processInfo.processIdentifier
    #expect(
      world.notices.lines.first?.hasPrefix("waiting for process \(number) (") == true)
    #endif
    #expect(world.notices.lines.count == 1)
    #expect(world.notices.lines.first?.hasSuffix(", which is logging in to `dev`") == true)
  }

  @Test func `an upstream that ends while its process waits is renewed first`() async throws {
    let world = try SessionWorld()
    world.cloud.set { $0.lifetimes = ["base": 15] }
    var lock = try HeldLock.attempt(world.paths.lockPath(realm: "realm", identity: "dev"))
    try #require(lock != nil)
    let waiting = Notices()
    let manager = world.manager(sleep: { duration in
      waiting.add("waiting")
      try await Task.sleep(for: duration)
    })
    async let credential = manager.credential(for: world.chain("base", "dev"))
    while waiting.lines.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    world.clock.advance(20)
    lock = nil
    #expect(try await credential.aws?.accessKeyID == "ASIAdev2")
    #expect(world.cloud.calls == ["base", "base", "dev"])
  }

  @Test func `nobody waits for ever`() async throws {
    let world = try SessionWorld()
    var lock = try HeldLock.attempt(world.paths.lockPath(realm: "realm", identity: "dev"))
    try #require(lock != nil)
    let manager = world.manager(sleep: { _ in })
    let error = try await #require(throws: AuthError.self) {
      try await manager.credential(for: world.chain("dev"))
    }
    #expect(error.code == .unavailable)
    #expect(error.message.hasSuffix("has been logging in to `dev` for 2m"))
    lock = nil
    // The thread that stayed behind lets go of the lock it gets.
    _ = try await world.manager().credential(for: world.chain("dev"))
    #expect(lock == nil)
  }

  @Test func `waiting ends when the task is cancelled`() async throws {
    let world = try SessionWorld()
    let path = world.paths.lockPath(realm: "realm", identity: "dev")
    var lock = try HeldLock.attempt(path)
    try #require(lock != nil)
    let manager = world.manager()
    let chain = world.chain("dev")
    let task = Task { try await manager.credential(for: chain) }
    try await eventually { openDescriptors(of: path) == 2 }
    task.cancel()
    await #expect(throws: AuthError.self) { try await task.value }
    #expect(world.cloud.calls == [])
    lock = nil
    #expect(lock == nil)
  }

  @Test func `a lock file that a killed process left blocks nobody`() async throws {
    let world = try SessionWorld()
    try FileSystem.writeAtomically(
      world.paths.lockPath(realm: "realm", identity: "dev"), "4711\n".utf8)
    _ = try await world.manager().credential(for: world.chain("dev"))
    #expect(world.cloud.calls == ["dev"])
  }
}
