import Core
import Foundation
import Keyrings
import Model
import Testing

/// What every keyring has to do; a new backend is one more case.
///
/// One after the other, since a desktop has one Secret Service, and it is empty before each.
@Suite(.serialized) struct KeyringContractTests {
  enum Backend: String, CaseIterable, CustomTestStringConvertible {
    case file, memory, system, command
    var testDescription: String { rawValue }

    /// Those that can be there: a Secret Service is one of Linux.
    static var allCases: [Backend] {
      #if os(Linux)
      [.file, .memory, .system, .command]
      #else
      [.file, .memory, .command]
      #endif
    }

    func make(_ world: KeyringWorld) throws -> any Keyring {
      switch self {
      case .file: return world.keyring()
      case .memory: return MemoryKeyring()
      case .system:
        #if os(Linux)
        return try SecretServiceWorld.shared.get().keyring()
        #else
        return MemoryKeyring()
        #endif
      case .command: return try world.commandKeyring()
      }
    }

    /// Whether entries' names may hold any character.
    func takes(_ name: String) -> Bool {
      switch self {
      case .file, .memory: true
      case .system: !name.utf8.contains(0)
      case .command: !name.utf8.contains(0) && !name.utf8.contains(0x0A)
      }
    }
  }

  static let hostileNames = [
    "a/b", "../../escape", "/etc/passwd", ".", "..", ".hidden", "%2F", "a%", "100%25", "with space",
    "new\nline", "tab\tname", "nul\u{0}name", "$(touch x)", "`id`", "-rf", "quote\"'", "ünïcödé 🔑",
    "a\\b", "a:b|c", String(repeating: "k", count: 200), "atmos_realm_account/role",
  ]

  @Test(arguments: Backend.allCases)
  func `it has the name that people call it`(backend: Backend) throws {
    #expect(try backend.make(KeyringWorld()).name == backend.rawValue)
  }

  @Test(arguments: Backend.allCases)
  func `what is not there reads as nothing`(backend: Backend) async throws {
    let keyring = try backend.make(KeyringWorld())
    #expect(try await keyring.read("atmos_absent") == nil)
    #expect(try await keyring.remove("atmos_absent") == false)
    #expect(try await keyring.keys() == [])
  }

  @Test(arguments: Backend.allCases)
  func `a value comes back`(backend: Backend) async throws {
    let keyring = try backend.make(KeyringWorld())
    try await keyring.write(Secret("{\"type\":\"aws\"}"), "atmos_dev")
    #expect(try await keyring.read("atmos_dev")?.revealed() == "{\"type\":\"aws\"}")
  }

  @Test(arguments: Backend.allCases)
  func `an empty value is not an absent one`(backend: Backend) async throws {
    let keyring = try backend.make(KeyringWorld())
    try await keyring.write(Secret(""), "atmos_empty")
    #expect(try await keyring.read("atmos_empty") == Secret(""))
    #expect(try await keyring.remove("atmos_empty"))
  }

  @Test(arguments: Backend.allCases)
  func `a value of 1 MiB with every byte comes back`(backend: Backend) async throws {
    let keyring = try backend.make(KeyringWorld())
    let big = Secret((0..<(1 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })
    try await keyring.write(big, "atmos_big")
    #expect(try await keyring.read("atmos_big") == big)
  }

  @Test(arguments: Backend.allCases, hostileNames)
  func `a hostile name is only a name`(backend: Backend, name: String) async throws {
    let world = try KeyringWorld()
    let keyring = try backend.make(world)
    guard backend.takes(name) else {
      let error = try await #require(throws: AuthError.self) {
        try await keyring.write(Secret("1"), name)
      }
      #expect(error.code == .usage)
      return
    }
    try await keyring.write(Secret("1"), name)
    #expect(try await keyring.read(name)?.revealed() == "1")
    #expect(try await keyring.keys() == [name])
    let outside = try FileManager.default.contentsOfDirectory(atPath: world.root)
    #expect(outside == [] || outside == ["keyring"] || backend == .command)
    #expect(try await keyring.remove(name))
    #expect(try await keyring.keys() == [])
  }

  @Test(arguments: Backend.allCases)
  func `a name that is empty or no file could have is an error, not a crash`(
    backend: Backend
  ) async throws {
    let keyring = try backend.make(KeyringWorld())
    await #expect(throws: AuthError.self) { try await keyring.write(Secret("1"), "") }
    let long = String(repeating: "/", count: 5000)
    do throws(AuthError) {
      try await keyring.write(Secret("1"), long)
      let value = try await keyring.read(long)
      #expect(value?.revealed() == "1")
    } catch {
      #expect(error.code == .usage)
    }
  }

  @Test(arguments: Backend.allCases)
  func `writing replaces, and nothing else`(backend: Backend) async throws {
    let keyring = try backend.make(KeyringWorld())
    try await keyring.write(Secret("old"), "atmos_a")
    try await keyring.write(Secret("other"), "atmos_b")
    try await keyring.write(Secret("new"), "atmos_a")
    #expect(try await keyring.read("atmos_a")?.revealed() == "new")
    #expect(try await keyring.read("atmos_b")?.revealed() == "other")
    #expect(try await keyring.keys() == ["atmos_a", "atmos_b"])
  }

  @Test(arguments: Backend.allCases)
  func `names that differ in case are different entries`(backend: Backend) async throws {
    let keyring = try backend.make(KeyringWorld())
    try #require(Self.fileSystemKnowsCase || backend != .file)
    try await keyring.write(Secret("lower"), "atmos_dev")
    try await keyring.write(Secret("upper"), "atmos_Dev")
    #expect(try await keyring.read("atmos_dev")?.revealed() == "lower")
  }

  @Test(arguments: Backend.allCases)
  func `removing removes one entry, once`(backend: Backend) async throws {
    let keyring = try backend.make(KeyringWorld())
    try await keyring.write(Secret("1"), "atmos_a")
    try await keyring.write(Secret("2"), "atmos_b")
    #expect(try await keyring.remove("atmos_a"))
    #expect(try await keyring.remove("atmos_a") == false)
    #expect(try await keyring.keys() == ["atmos_b"])
  }

  @Test(arguments: Backend.allCases)
  func `writers at once leave one whole value`(backend: Backend) async throws {
    let keyring = try backend.make(KeyringWorld())
    let values = (0..<16).map { String(repeating: "\($0)-", count: 3000) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for value in values {
        group.addTask { try await keyring.write(Secret(value), "atmos_contended") }
        group.addTask {
          if let found = try await keyring.read("atmos_contended") {
            #expect(values.contains(found.revealed()))
          }
        }
      }
      try await group.waitForAll()
    }
    let last = try await keyring.read("atmos_contended")?.revealed()
    #expect(values.contains(try #require(last)))
    #expect(try await keyring.keys() == ["atmos_contended"])
  }

  private static let fileSystemKnowsCase: Bool = {
    let path = FileManager.default.temporaryDirectory.path
    return !FileManager.default.fileExists(atPath: path.uppercased()) || path == path.uppercased()
  }()
}
