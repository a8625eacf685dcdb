import Core
import Foundation
import Model
import TestSupport
import Testing

@testable import Keyrings

@Suite struct FileKeyringTests {
  /// Sealed by joserfc, a JOSE implementation in Python, with ``KeyringWorld/password``.
  static let foreignName = "atmos_realm_python%2Fadmin"
  static let foreign =
    "eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1ciLCJjcmVhdGVkIjoiMjAyNC0wNS0wMSAxMDoxMToxMi4xMzE0MTUgKzA"
    + "wMDAgVVRDIG09KzAuMDAwMDAwMDAxIiwiZW5jIjoiQTI1NkdDTSIsInAyYyI6ODE5MiwicDJzIjoiancyWUZkcDE4Njh"
    + "2eVdUc2RSeE82USJ9.PXE367zuJg0QEj61UabhDNH9N76MiDSyAop-I7O5mKzc20qDclp-sw.CxZZpq9jfXZ6ZiLy.xB"
    + "VgB9IotSZtHZCvEkczCOLwxKqrNiqc4zewHj5XGcyhf8O_Dew9Mz0cyq82tksBltv0G02N-pVo2c0NKvQex20rpYFNkR"
    + "6MBwla5zjW5x2Ym_v4wkrcvqUozVyezOxds5l4dOk0Mu_7t7lScWV-niQmpK5fu6HQEB-iGGZFc2oa8fnI1CNZMbYiD4"
    + "fKAqnUOCidpuT0H1AQvW9cMuFM0WwfTN3i0ODydX8nahp2.MhfnI0JnisNQb4F1zK4_sg"

  @Test func `an entry of another JOSE implementation is read`() async throws {
    let world = try KeyringWorld()
    try world.write(Self.foreign, to: Self.foreignName)
    let keyring = world.keyring()
    #expect(try await keyring.keys() == ["atmos_realm_python/admin"])
    let value = try await keyring.read("atmos_realm_python/admin")
    #expect(value?.revealed() == "{\"type\":\"aws\",\"data\":{}}")
  }

  @Test func `the text is what atmos' library writes`() async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("value"), "atmos_r_a/b")
    let file = try #require(try world.file("atmos_r_a%2Fb"))
    let parts = file.split(separator: UInt8(ascii: "."))
    #expect(parts.count == 5)
    let header = try #require(Base64.decode(parts[0], .url).flatMap { FlatJSON($0) })
    #expect(header[text: "alg"] == "PBES2-HS256+A128KW")
    #expect(header[text: "enc"] == "A256GCM")
    #expect(header[text: "created"] == "2026-11-21T04:00:00Z")
    #expect(header.integer("p2c") == 8192)
    #expect(Base64.decode(Array((header[text: "p2s"] ?? "").utf8), .url)?.count == 12)
    let item = try SealedText.open(file, password: Secret(KeyringWorld.password))
    #expect(
      item.revealed() == """
        {"Key":"atmos_r_a/b","Data":"dmFsdWU=","Label":"","Description":"",\
        "KeychainNotTrustApplication":false,"KeychainNotSynchronizable":false}
        """)
  }

  @Test func `files are for their owner only`() async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("value"), "atmos_a")
    #expect(try world.permissions(world.directory) == 0o700)
    #expect(try world.permissions(world.directory + "/atmos_a") == 0o600)
  }

  @Test func `no secret is in a file in the clear`() async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("wJalrXUtnFEMI/K7MDENG"), "atmos_a")
    let file = try #require(try world.file("atmos_a"))
    let text = String(decoding: file, as: UTF8.self)
    for form in ["wJalrXUtnFEMI/K7MDENG", "d0phbHJYVXRuRkVNSS9LN01ERU5H", KeyringWorld.password] {
      #expect(!text.contains(form))
    }
  }

  // MARK: The password

  @Test func `a wrong password is an error that names the variable`() async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("value"), "atmos_a")
    let before = try world.file("atmos_a")
    let other = world.keyring(password: "something else")
    let error = try await #require(throws: AuthError.self) { try await other.read("atmos_a") }
    #expect(error.code == .refused)
    #expect(error.report.contains("ATMOS_KEYRING_PASSWORD"))
    #expect(error.report.contains("atmos_a"))
    #expect(!error.report.contains("something else"))
    #expect(try world.file("atmos_a") == before)
  }

  @Test(arguments: ["atmos_a", "atmos_new"])
  func `a wrong password writes nothing, neither over an entry nor beside it`(
    key: String
  ) async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("value"), "atmos_a")
    let before = try world.file("atmos_a")
    let other = world.keyring(password: "something else")
    let error = try await #require(throws: AuthError.self) {
      try await other.write(Secret("changed"), key)
    }
    #expect(error.code == .refused)
    #expect(try world.file("atmos_a") == before)
    #expect(try await other.keys() == ["atmos_a"])
  }

  @Test func `a password of fewer than eight characters is refused`() async throws {
    let world = try KeyringWorld()
    let error = try await #require(throws: AuthError.self) {
      try await world.keyring(password: "seven77").write(Secret("value"), "atmos_a")
    }
    #expect(error.code == .badConfiguration)
    #expect(error.message.contains("ATMOS_KEYRING_PASSWORD"))
    #expect(try await world.keyring().keys() == [])
  }

  @Test func `without a password and a person the error says which variable to set`() async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("value"), "atmos_a")
    let keyring = world.keyring(password: nil)
    let error = try await #require(throws: AuthError.self) { try await keyring.read("atmos_a") }
    #expect(error.code == .loginRequired)
    #expect(error.report.contains("set `ATMOS_KEYRING_PASSWORD`"))
  }

  @Test func `what is not there needs no password`() async throws {
    let keyring = try KeyringWorld().keyring(password: nil)
    #expect(try await keyring.read("atmos_a") == nil)
    #expect(try await keyring.remove("atmos_a") == false)
  }

  @Test func `the first password is asked for twice, and then no more`() async throws {
    let world = try KeyringWorld()
    let person = ScriptedPerson(answers: ["brand new one", "brand new one"], isHidden: true)
    let keyring = world.keyring(password: nil, interaction: person)
    try await keyring.write(Secret("1"), "atmos_a")
    try await keyring.write(Secret("2"), "atmos_b")
    #expect(try await keyring.read("atmos_a")?.revealed() == "1")
    #expect(await person.questions.count == 2)
    let again = world.keyring(password: "brand new one")
    #expect(try await again.read("atmos_b")?.revealed() == "2")
  }

  @Test func `a slip or a short word is asked for again`() async throws {
    let world = try KeyringWorld()
    let person = ScriptedPerson(
      answers: [
        "short", "first try here", "frist try here", "second try", "second try",
      ], isHidden: true)
    let keyring = world.keyring(password: nil, interaction: person)
    try await keyring.write(Secret("1"), "atmos_a")
    #expect(try await world.keyring(password: "second try").read("atmos_a") != nil)
    #expect(await person.questions.count == 5)
  }

  @Test func `callers at once share one question`() async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("1"), "atmos_a")
    let person = ScriptedPerson(answers: [KeyringWorld.password], isHidden: true)
    let keyring = world.keyring(password: nil, interaction: person)
    let values = try await withThrowingTaskGroup(of: Secret?.self) { group in
      for _ in 0..<8 { group.addTask { try await keyring.read("atmos_a") } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(values == Array(repeating: Secret("1"), count: 8))
    #expect(await person.questions.count == 1)
  }

  @Test func `a mistyped password is asked for again, three times in all`() async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("1"), "atmos_a")
    let lucky = world.keyring(password: nil, answers: ["wrong one", KeyringWorld.password])
    #expect(try await lucky.read("atmos_a")?.revealed() == "1")
    #expect(world.notices.lines == ["that is not the keyring's password"])
    let person = ScriptedPerson(
      answers: ["wrong 001", "wrong 002", "wrong 003", "wrong 004"], isHidden: true)
    let unlucky = world.keyring(password: nil, interaction: person)
    let error = try await #require(throws: AuthError.self) { try await unlucky.read("atmos_a") }
    #expect(error.code == .refused)
    #expect(await person.questions.count == 3)
  }

  @Test func `an entry under another password is not replaced`() async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("1"), "atmos_a")
    let moved = world.root + "/kept"
    try FileManager.default.moveItem(atPath: world.directory + "/atmos_a", toPath: moved)
    let other = world.keyring(password: "something else")
    try await other.write(Secret("2"), "atmos_b")
    try FileManager.default.moveItem(atPath: moved, toPath: world.directory + "/atmos_a")
    await #expect(throws: AuthError.self) { try await other.write(Secret("3"), "atmos_a") }
    #expect(try await world.keyring().read("atmos_a")?.revealed() == "1")
  }

  // MARK: Damage

  @Test(arguments: [
    "", "not jose at all", "a.b.c.d.e", "eyJhbGciOiJub25lIn0.a.b.c.d",
    "....", String(repeating: "A", count: 4000),
  ])
  func `a damaged entry is an error that names the file, and is kept`(text: String) async throws {
    let world = try KeyringWorld()
    try world.write(text, to: "atmos_a")
    let error = try await #require(throws: AuthError.self) {
      try await world.keyring().read("atmos_a")
    }
    #expect(error.code == .badConfiguration)
    #expect(error.message.contains(world.directory + "/atmos_a"))
    #expect(try world.file("atmos_a") == Array(text.utf8))
  }

  @Test func `a damaged entry can be replaced`() async throws {
    let world = try KeyringWorld()
    try world.write("garbage", to: "atmos_a")
    try await world.keyring().write(Secret("1"), "atmos_a")
    #expect(try await world.keyring().read("atmos_a")?.revealed() == "1")
  }

  @Test func `no byte of an entry can change unseen`() async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("value"), "atmos_a")
    let file = try #require(try world.file("atmos_a"))
    // The header, each separator's surroundings, the wrapped key, the content and the tag.
    let places = file.indices.filter { $0 % 61 == 0 || file[$0] == UInt8(ascii: ".") }
    for place in places + [file.count - 1] {
      var changed = file
      changed[place] = changed[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      #expect(throws: SealedText.Failure.self, "byte \(place)") {
        try SealedText.open(changed, password: Secret(KeyringWorld.password))
      }
    }
  }

  @Test func `an entry in another's place is refused`() async throws {
    let world = try KeyringWorld()
    try await world.keyring().write(Secret("production"), "atmos_prod")
    try FileManager.default.copyItem(
      atPath: world.directory + "/atmos_prod", toPath: world.directory + "/atmos_dev")
    let error = try await #require(throws: AuthError.self) {
      try await world.keyring().read("atmos_dev")
    }
    #expect(error.message.contains("another entry"))
  }

  @Test(arguments: [0, 999, 1_000_001, 2_000_000_000])
  func `rounds that protect nothing or take for ever are refused`(rounds: Int) throws {
    let header =
      "{\"alg\":\"PBES2-HS256+A128KW\",\"enc\":\"A256GCM\",\"p2c\":\(rounds),\"p2s\":\"AAAAAAAAAAAAAAAA\"}"
    let text =
      Base64.encode(header.utf8, .url) + Array(".".utf8)
      + [40, 12, 5, 16].map { Base64.encode([UInt8](repeating: 0, count: $0), .url) }
      .joined(separator: [UInt8(ascii: ".")])
    #expect(
      throws: SealedText.Failure.damaged(
        "asks for fewer than 1,000 or more than 1,000,000 rounds of PBKDF2")
    ) {
      try SealedText.open(text, password: Secret(KeyringWorld.password))
    }
  }

  @Test func `what a killed writer left is no entry and in nobody's way`() async throws {
    let world = try KeyringWorld()
    let keyring = world.keyring()
    try await keyring.write(Secret("1"), "atmos_a")
    try world.write("half a file", to: ".0123456789abcdef.42.tmp")
    #expect(try await keyring.keys() == ["atmos_a"])
    try await keyring.write(Secret("2"), "atmos_a")
    #expect(try await keyring.read("atmos_a")?.revealed() == "2")
  }

  @Test(.enabled(if: geteuid() != 0, "root may write everywhere"))
  func `a read-only directory gives an error and keeps what is there`() async throws {
    let world = try KeyringWorld()
    let keyring = world.keyring()
    try await keyring.write(Secret("1"), "atmos_a")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o500], ofItemAtPath: world.directory)
    await #expect(throws: AuthError.self) { try await keyring.write(Secret("2"), "atmos_a") }
    #expect(try await keyring.read("atmos_a")?.revealed() == "1")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o700], ofItemAtPath: world.directory)
  }
}
