import Core
import Model
import Synchronization
import Testing

@testable import Keyrings

@Suite struct KeyringMigrationTests {
  /// A keyring whose process dies at the call numbered `limit`: that one and all later ones fail.
  final class Mortal: Keyring {
    let name = "mortal"
    let inner = MemoryKeyring()
    let left: Mutex<Int>

    init(calls: Int) { left = Mutex(calls) }

    private func step() throws(AuthError) {
      let isOver = left.withLock { left in
        left -= 1
        return left < 0
      }
      if isOver { throw AuthError(.system, "killed") }
    }

    func read(_ key: String) async throws(AuthError) -> Secret? {
      try step()
      return await inner.read(key)
    }
    func write(_ value: Secret, _ key: String) async throws(AuthError) {
      try step()
      try await inner.write(value, key)
    }
    func remove(_ key: String) async throws(AuthError) -> Bool {
      try step()
      return await inner.remove(key)
    }
    func keys() async throws(AuthError) -> [String]? {
      try step()
      return await inner.keys()
    }
  }

  private static let entries = [
    "atmos_r_a": "one", "atmos_r_b/c": "two", KeyringEntry.sessionKey: "three",
  ]

  private func source() async throws -> MemoryKeyring {
    let keyring = MemoryKeyring()
    for (name, value) in Self.entries { try await keyring.write(Secret(value), name) }
    return keyring
  }

  private func move(_ source: any Keyring, _ destination: any Keyring) async throws(AuthError) {
    let migration = KeyringMigration(from: source, to: destination)
    let steps = try await migration.plan()
    try await migration.copy(steps)
    try await migration.removeFromSource(steps)
  }

  @Test func `everything of ours arrives and nothing of it stays`() async throws {
    let (source, destination) = (try await source(), MemoryKeyring())
    try await source.write(Secret("other"), "mail")
    try await move(source, destination)
    for (name, value) in Self.entries {
      #expect(await destination.read(name)?.revealed() == value)
    }
    #expect(await source.keys() == ["mail"])
    #expect(await destination.read("mail") == nil)
  }

  // Whichever call it is that the process does not survive.
  @Test(arguments: 0..<40)
  func `interrupted anywhere nothing is lost, and a second run finishes it`(calls: Int) async throws
  {
    let source = Mortal(calls: calls)
    for (name, value) in Self.entries { try await source.inner.write(Secret(value), name) }
    let destination = MemoryKeyring()
    try? await move(source, destination)
    for (name, value) in Self.entries {
      let there = await destination.read(name)
      let here = await source.inner.read(name)
      #expect((there ?? here)?.revealed() == value)
    }
    try await move(source.inner, destination)
    #expect(await source.inner.keys() == [])
    #expect(await destination.keys() == Self.entries.keys.sorted())
  }

  @Test(arguments: 0..<20)
  func `a destination that fails anywhere costs nothing`(calls: Int) async throws {
    let (source, destination) = (try await source(), Mortal(calls: calls))
    do {
      try await move(source, destination)
    } catch {
      for (name, value) in Self.entries {
        let there = await destination.inner.read(name)
        let here = await source.read(name)
        #expect((here ?? there)?.revealed() == value)
      }
    }
    try await move(source, destination.inner)
    #expect(await destination.inner.keys() == Self.entries.keys.sorted())
  }

  /// A keyring that takes everything and keeps something else.
  private struct Forgetful: Keyring {
    let name = "forgetful"
    func read(_ key: String) async throws(AuthError) -> Secret? { Secret("half") }
    func write(_ value: Secret, _ key: String) async throws(AuthError) {}
    func remove(_ key: String) async throws(AuthError) -> Bool { false }
    func keys() async throws(AuthError) -> [String]? { [] }
  }

  @Test func `what does not read back as written leaves the source alone`() async throws {
    let source = try await source()
    let error = try await #require(throws: AuthError.self) { try await move(source, Forgetful()) }
    #expect(error.message.contains("does not read back"))
    #expect(await source.keys() == Self.entries.keys.sorted())
  }

  @Test func `two names of one keyring lose nothing`() async throws {
    let source = try await source()
    let error = try await #require(throws: AuthError.self) { try await move(source, source) }
    #expect(error.message.contains("is back"))
    for (name, value) in Self.entries { #expect(await source.read(name)?.revealed() == value) }
  }

  @Test func `what is there already is told from what differs`() async throws {
    let (source, destination) = (try await source(), MemoryKeyring())
    try await destination.write(Secret("one"), "atmos_r_a")
    try await destination.write(Secret("else"), "atmos_r_b/c")
    let steps = try await KeyringMigration(from: source, to: destination).plan()
    #expect(steps.map(\.name) == Self.entries.keys.sorted())
    #expect(steps.first { $0.name == "atmos_r_a" }?.state == .same)
    #expect(steps.first { $0.name == "atmos_r_b/c" }?.state == .different)
    #expect(steps.first { $0.name == KeyringEntry.sessionKey }?.state == .missing)
  }
}
