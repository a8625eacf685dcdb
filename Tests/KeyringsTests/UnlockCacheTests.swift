import CShims
import Core
import Foundation
import Model
import TestSupport
import Testing

@testable import Keyrings

/// The kernel's memory of the session key; on systems without it only the last test has a meaning.
@Suite struct UnlockCacheTests {
  static let isAvailable: Bool = {
    let name = "atmos-auth-test:\(UUID().uuidString)"
    defer { _ = atmos_key_remove(name) }
    return atmos_key_put(name, [1], 1, 10) == 0
  }()

  private func store(_ world: KeyringWorld, unlockFor: Int64 = 60) async throws {
    try await world.keyring(unlockFor: unlockFor).write(Secret("the key"), KeyringEntry.sessionKey)
  }

  @Test(.enabled(if: isAvailable, "the kernel's key store is missing or forbidden here"))
  func `opening it with the password makes the kernel remember it as well`() async throws {
    let world = try KeyringWorld()
    try await store(world, unlockFor: 0)
    #expect(try await world.keyring(unlockFor: 60).read(KeyringEntry.sessionKey) != nil)
    let other = world.keyring(password: nil, unlockFor: 60)
    #expect(try await other.read(KeyringEntry.sessionKey)?.revealed() == "the key")
  }

  @Test(.enabled(if: isAvailable, "the kernel's key store is missing or forbidden here"))
  func `once opened, the session key needs no password for a while`() async throws {
    let world = try KeyringWorld()
    try await store(world)
    let other = world.keyring(password: nil, unlockFor: 60)
    #expect(try await other.read(KeyringEntry.sessionKey)?.revealed() == "the key")
  }

  @Test(.enabled(if: isAvailable, "the kernel's key store is missing or forbidden here"))
  func `a wrong password in the environment is still wrong`() async throws {
    let world = try KeyringWorld()
    try await store(world)
    let other = world.keyring(password: "something else", unlockFor: 60)
    let error = try await #require(throws: AuthError.self) {
      try await other.read(KeyringEntry.sessionKey)
    }
    #expect(error.code == .refused)
  }

  @Test(.enabled(if: isAvailable, "the kernel's key store is missing or forbidden here"))
  func `what was opened by a typed password does not pass for a password`() async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("the key"), KeyringEntry.sessionKey)
    let typed = world.keyring(password: nil, answers: [KeyringWorld.password], unlockFor: 60)
    #expect(try await typed.read(KeyringEntry.sessionKey) != nil)
    #expect(
      try await world.keyring(password: nil, unlockFor: 60).read(KeyringEntry.sessionKey) != nil)
    await #expect(throws: AuthError.self) {
      try await world.keyring(password: "something else", unlockFor: 60)
        .read(KeyringEntry.sessionKey)
    }
  }

  @Test(.enabled(if: isAvailable, "the kernel's key store is missing or forbidden here"))
  func `long-lived keys are never remembered`() async throws {
    let world = try KeyringWorld()
    let keyring = world.keyring(unlockFor: 60)
    try await keyring.write(Secret("long-lived"), "atmos_dev")
    _ = try await keyring.read("atmos_dev")
    await #expect(throws: AuthError.self) {
      try await world.keyring(password: nil, unlockFor: 60).read("atmos_dev")
    }
  }

  @Test(.enabled(if: isAvailable, "the kernel's key store is missing or forbidden here"))
  func `an entry written anew is opened anew`() async throws {
    let world = try KeyringWorld()
    try await store(world)
    try await world.keyring().write(Secret("another"), KeyringEntry.sessionKey)
    await #expect(throws: AuthError.self) {
      try await world.keyring(password: nil, unlockFor: 60).read(KeyringEntry.sessionKey)
    }
    #expect(
      try await world.keyring(unlockFor: 60).read(KeyringEntry.sessionKey)?.revealed() == "another")
  }

  @Test(.enabled(if: isAvailable, "the kernel's key store is missing or forbidden here"))
  func `removing the entry makes the kernel forget it`() async throws {
    let world = try KeyringWorld()
    try await store(world)
    let file = try #require(try world.file(KeyringEntry.sessionKey))
    #expect(try await world.keyring(unlockFor: 60).remove(KeyringEntry.sessionKey))
    try FileSystem.writeAtomically("\(world.directory)/\(KeyringEntry.sessionKey)", file)
    await #expect(throws: AuthError.self) {
      try await world.keyring(password: nil, unlockFor: 60).read(KeyringEntry.sessionKey)
    }
  }

  @Test(.enabled(if: isAvailable, "the kernel's key store is missing or forbidden here"))
  func `it ends by itself`() async throws {
    let world = try KeyringWorld()
    try await store(world, unlockFor: 1)
    try await eventually {
      let other = world.keyring(password: nil, unlockFor: 60)
      return (try? await other.read(KeyringEntry.sessionKey)) == nil
    }
  }

  @Test func `with a time of 0 nothing is remembered`() async throws {
    let world = try KeyringWorld()
    try await store(world, unlockFor: 0)
    await #expect(throws: AuthError.self) {
      try await world.keyring(password: nil, unlockFor: 60).read(KeyringEntry.sessionKey)
    }
  }
}
