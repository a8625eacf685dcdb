import Core
import Foundation
import Keyrings
import Model
import TestSupport
import Testing

@testable import Sessions

/// Disks that are full or may not be written: an error, and what was there stays.
///
/// They need a file system of the test's own, so they run as root on Linux.
@Suite(.serialized) struct DiskTests {
  static let canMount: Bool = {
    #if os(Linux)
    guard geteuid() == 0 else { return false }
    guard let disk = try? TinyDisk() else { return false }
    return FileSystem.exists(disk.path)
    #else
    return false
    #endif
  }()

  private func world(
    on disk: TinyDisk, interaction: (any Interaction)? = nil
  ) throws -> (SessionWorld, SessionStore, SessionManager) {
    let world = try SessionWorld()
    let path = disk.path
    let paths = StatePaths { $0 == "HOME" ? path : nil }
    let store = SessionStore(paths: paths, effects: world.effects())
    return (
      world, store,
      SessionManager(store: store, effects: world.effects(interaction: interaction))
    )
  }

  @Test(.enabled(if: canMount, "needs root on Linux, to mount a tmpfs"))
  func `a full disk is an error, and the old session stays`() async throws {
    let disk = try TinyDisk()
    let (world, store, manager) = try world(on: disk)
    let chain = world.chain("dev")
    let first = try await manager.credential(for: chain)
    disk.fill()
    let error = try await #require(throws: AuthError.self) {
      try await manager.credential(for: chain, policy: SessionPolicy(forceTarget: true))
    }
    #expect(error.code == .system)
    #expect(error.report.contains("no space left on device"))
    #expect(try await manager.remembered(for: chain)?.aws == first.aws)
    #expect(Facts.read(store.paths.factsPath(realm: "realm", identity: "dev"))?.state == .valid)
  }

  @Test(.enabled(if: canMount, "needs root on Linux, to mount a tmpfs"))
  func `a full disk asks nobody for a code that could not be used again`() async throws {
    let disk = try TinyDisk()
    let person = FakePerson()
    let (world, _, manager) = try world(on: disk, interaction: person)
    disk.fill()
    let error = try await #require(throws: AuthError.self) {
      try await manager.credential(for: world.chain("dev", people: ["dev"]))
    }
    #expect(error.code == .system)
    #expect(await person.questions == 0)
    #expect(world.cloud.calls == [])
  }

  @Test(.enabled(if: canMount, "needs root on Linux, to mount a tmpfs"))
  func `a read-only home can be read, and is an error when it has to be written`() async throws {
    let disk = try TinyDisk()
    let (world, _, manager) = try world(on: disk)
    let chain = world.chain("dev")
    let first = try await manager.credential(for: chain)
    try disk.makeReadOnly()
    #expect(try await manager.credential(for: chain).aws == first.aws)
    world.clock.advance(3600)
    let error = try await #require(throws: AuthError.self) {
      try await manager.credential(for: chain)
    }
    #expect(error.code == .system)
    #expect(error.report.contains("read-only"))
    #expect(world.cloud.calls == ["dev"])
  }

  @Test(.enabled(if: canMount, "needs root on Linux, to mount a tmpfs"))
  func `the file keyring keeps its entry on a full disk and on a read-only one`() async throws {
    let disk = try TinyDisk()
    let keyring = FileKeyring(
      directory: disk.path + "/keyring", passwordVariable: "PASSWORD",
      environment: ["PASSWORD": "correct horse"], unlockFor: 0, interaction: nil,
      now: { Instant(secondsSince1970: 0) },
      randomBytes: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } },
      notice: { _ in })
    try await keyring.write(Secret("old"), "atmos_a")
    disk.fill()
    let full = try await #require(throws: AuthError.self) {
      try await keyring.write(Secret("new"), "atmos_a")
    }
    #expect(full.code == .system)
    #expect(try await keyring.read("atmos_a")?.revealed() == "old")
    try disk.makeReadOnly()
    let readOnly = try await #require(throws: AuthError.self) {
      try await keyring.write(Secret("new"), "atmos_a")
    }
    #expect(readOnly.code == .system)
    #expect(try await keyring.read("atmos_a")?.revealed() == "old")
    #expect(try await keyring.keys() == ["atmos_a"])
  }
}

/// A file system of 256 KiB in memory, gone with the value.
final class TinyDisk: Sendable {
  private let scratch: Scratch
  var path: String { scratch.path }

  init() throws {
    scratch = try Scratch()
    guard
      Self.run("mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", scratch.path)
    else { throw CocoaError(.fileWriteNoPermission) }
  }

  deinit { _ = Self.run("umount", "-l", scratch.path) }

  /// Leaves no room for another block.
  func fill() {
    var size = 1 << 18
    let descriptor = open(path + "/filler", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    while size > 0 {
      if write(descriptor, [UInt8](repeating: 0, count: size), size) <= 0 { size /= 2 }
    }
  }

  func makeReadOnly() throws {
    guard Self.run("mount", "-o", "remount,ro", path) else {
      throw CocoaError(.fileWriteNoPermission)
    }
  }

  private static func run(_ arguments: String...) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
