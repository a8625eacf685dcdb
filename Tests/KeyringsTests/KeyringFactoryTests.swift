import Core
import Foundation
import Model
import TestSupport
import Testing

@testable import Keyrings

@Suite struct KeyringFactoryTests {
  private func make(
    _ settings: KeyringFactory.Settings = .init(), _ environment: [String: String] = [:],
    notices: Notices = Notices()
  ) throws -> any InspectableKeyring {
    let environment = environment.merging(["HOME": "/home/someone"]) { old, _ in old }
    return try KeyringFactory.make(
      settings, environment: environment, paths: StatePaths { environment[$0] }, interaction: nil,
      now: { Instant(secondsSince1970: 0) },
      randomBytes: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } },
      notice: notices.add)
  }

  @Test func `the environment beats the configuration`() throws {
    #expect(try make(.init(type: "file"), ["ATMOS_KEYRING_TYPE": "memory"]).name == "memory")
    #expect(try make(.init(type: "memory"), ["ATMOS_KEYRING_TYPE": ""]).name == "memory")
    #expect(try make(.init(type: "file")).name == "file")
  }

  @Test
  func `where there is no system keyring the file keyring stands in, and says so before it writes`()
    async throws
  {
    let world = try KeyringWorld()
    let notices = Notices()
    let keyring = try make(
      .init(path: world.directory), ["ATMOS_KEYRING_PASSWORD": KeyringWorld.password],
      notices: notices)
    #expect(keyring.name == "system")
    _ = try await keyring.read("atmos_a")
    #expect(notices.lines == [])
    try await keyring.write(Secret("1"), "atmos_a")
    try await keyring.write(Secret("2"), "atmos_a")
    #expect(
      notices.lines == [
        "no system keyring: there is no D-Bus session here; using the file keyring in "
          + "\(world.directory) (`ATMOS_KEYRING_TYPE=file` chooses it without this notice)"
      ])
    #expect(try await world.keyring().read("atmos_a")?.revealed() == "2")
    let condition = try await keyring.inspect()
    #expect(condition.backend == "file")
    #expect(condition.standsInBecause == "there is no D-Bus session here")
  }

  @Test func `nothing stands in for a system keyring that was asked for by name`() async throws {
    let keyring = try KeyringFactory.make(
      .init(), type: "system", environment: [:], paths: StatePaths { _ in nil }, interaction: nil,
      now: { Instant(secondsSince1970: 0) }, randomBytes: { _ in [] }, notice: { _ in })
    let error = try await #require(throws: AuthError.self) { try await keyring.read("atmos_a") }
    #expect(error.code == .unavailable)
    #expect(error.message == "there is no system keyring: there is no D-Bus session here")
  }

  @Test func `a command keyring without all its commands is an error that names the setting`()
    throws
  {
    let error = try #require(throws: AuthError.self) {
      try make(.init(type: "command", commands: .init(read: ["a"], write: ["b"], remove: ["c"])))
    }
    #expect(error.code == .badConfiguration)
    #expect(error.report.contains("auth.keyring.spec.list"))
  }

  @Test func `who chose the file keyring is told nothing`() async throws {
    let world = try KeyringWorld()
    let notices = Notices()
    let keyring = try make(
      .init(type: "file", path: world.directory),
      ["ATMOS_KEYRING_PASSWORD": KeyringWorld.password], notices: notices)
    try await keyring.write(Secret("1"), "atmos_a")
    #expect(notices.lines == [])
  }

  @Test func `an unknown type is an error that lists the known ones`() throws {
    let error = try #require(throws: AuthError.self) { try make(.init(type: "keychain\u{1b}[31m")) }
    #expect(error.code == .badConfiguration)
    #expect(
      error.report == """
        error: unknown keyring `keychain[31m` in auth.keyring.type
          hint: it is one of `system`, `file`, `memory`, `command`

        """)
  }

  @Test(arguments: [
    (nil, "/data/keyring"),
    ("", "/data/keyring"),
    ("/somewhere/keys", "/somewhere/keys"),
    ("/somewhere/keys/", "/somewhere/keys"),
    ("/somewhere/keyring.json", "/somewhere"),
    ("~/keys", "/home/j.doe/keys"),
    ("~", "/home/j.doe"),
    ("~/keys/ring.db", "/home/j.doe/keys"),
    ("relative/keys", "relative/keys"),
    ("/somewhere/.keys", "/somewhere"),
  ])
  func `the directory is the one that atmos takes`(path: String?, directory: String) {
    #expect(
      KeyringFactory.directory(path, home: "/home/j.doe", standard: "/data/keyring") == directory)
  }

  @Test func `the path in the environment beats the configuration's`() throws {
    let keyring = try make(
      .init(type: "file", path: "/configured"), ["ATMOS_KEYRING_FILE_PATH": "/chosen"])
    #expect((keyring as? FileKeyring)?.directory == "/chosen")
    let standard = try make(.init(type: "file")) as? FileKeyring
    #expect(standard?.directory == "/home/someone/.local/share/atmos/keyring")
  }

  @Test(arguments: [
    (nil, nil, "ATMOS_KEYRING_PASSWORD"),
    ("CONFIGURED", nil, "CONFIGURED"),
    ("CONFIGURED", "CHOSEN", "CHOSEN"),
  ])
  func `the password's variable can be named`(
    configured: String?, chosen: String?, expected: String
  ) async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("1"), "atmos_a")
    var environment = [expected: KeyringWorld.password]
    environment["ATMOS_KEYRING_PASSWORD_ENV"] = chosen
    let keyring = try make(
      .init(type: "file", path: world.directory, passwordEnvironment: configured), environment)
    #expect(try await keyring.read("atmos_a")?.revealed() == "1")
  }
}
