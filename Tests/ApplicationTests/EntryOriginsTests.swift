import Core
import Logging
import Model
import Synchronization
import TestSupport
import Testing

@testable import Application

/// Whose entries of a keyring are.
@Suite struct EntryOriginsTests {
  private let scratch: Scratch
  private let paths: StatePaths

  init() throws {
    let scratch = try Scratch()
    self.scratch = scratch
    paths = StatePaths { $0 == "HOME" ? scratch.path : nil }
    for name in ["a", "b"] { try FileSystem.createDirectory("\(scratch.path)/\(name)") }
  }

  private func origins(
    _ directory: String, _ fingerprint: String, realm: String = "r", isOwn: Bool = false
  ) -> EntryOrigins {
    EntryOrigins(
      paths: paths, directory: "\(scratch.path)/\(directory)", realm: realm,
      definition: { _ in (fingerprint, isOwn) }, typed: { $0.joined(separator: " ") },
      log: .silent)
  }

  /// Who may use an entry that `A` of realm `r` in `a` stored.
  @Test(arguments: [
    ("a", "A", "r", false, true), ("a", "B", "r", false, true), ("b", "A", "r", false, true),
    ("b", "B", "r", false, false), ("a", "B", "other", false, false),
    ("b", "A", "other", false, false), ("b", "B", "other", true, true),
  ]) func `it belongs to what it was stored for`(
    directory: String, fingerprint: String, realm: String, isOwn: Bool, mayUse: Bool
  ) {
    origins("a", "A").didStore("entry", for: "dev")
    let other = origins(directory, fingerprint, realm: realm, isOwn: isOwn)
    #expect((other.objection(to: "entry", for: "dev") == nil) == mayUse)
    #expect(other.objection(to: "another", for: "dev") == nil, "nothing is known of that")
  }

  @Test func `what is own is no checkout's, wherever it is`() {
    origins("a", "A", isOwn: true).didStore("entry", for: "dev")
    #expect(origins("a", "B").objection(to: "entry", for: "dev") != nil)
    #expect(origins("b", "A").objection(to: "entry", for: "dev") == nil, "it does the same")
  }

  @Test func `the first that uses it has it, and only if nothing was known`() throws {
    try origins("a", "A").check("entry", for: "dev")
    #expect(throws: AuthError.self) { try origins("b", "B").check("entry", for: "dev") }
    origins("b", "B").adopt("entry", for: "dev")
    #expect(origins("b", "B").objection(to: "entry", for: "dev") != nil)
  }

  @Test func `it can be shared, stored again and removed`() {
    origins("a", "A").didStore("entry", for: "dev")
    #expect(origins("b", "B").share("entry", with: "dev")?.hasSuffix("/a") == true)
    #expect(origins("b", "B").share("entry", with: "dev") == nil)
    for name in ["a", "b"] {
      #expect(origins(name, "C").objection(to: "entry", for: "dev") == nil)
    }
    origins("a", "A").didStore("entry", for: "dev")
    #expect(origins("b", "B").objection(to: "entry", for: "dev") == nil, "it was shared before")
    origins("c", "C").didStore("entry", for: "dev")
    #expect(origins("b", "B").objection(to: "entry", for: "dev") != nil)
    origins("c", "C").didRemove("entry")
    #expect(origins("b", "B").objection(to: "entry", for: "dev") == nil)
  }

  @Test func `a record in which a bit flipped is for the person's own configuration only`() throws {
    let stored = origins("a", "A")
    stored.didStore("entry", for: "dev")
    let name = try #require(
      try FileSystem.list(paths.trustDirectory)?.first { $0.hasSuffix(".origin") })
    let path = "\(paths.trustDirectory)/\(name)"
    let bytes = try #require(try FileSystem.readFile(path))
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= 1 << UInt8(index % 8)
      try FileSystem.writeAtomically(path, flipped)
      #expect(stored.objection(to: "entry", for: "dev") != nil, "byte \(index)")
    }
    #expect(origins("b", "B", isOwn: true).objection(to: "entry", for: "dev") == nil)
    try FileSystem.writeAtomically(path, bytes)
    #expect(stored.objection(to: "entry", for: "dev") == nil)
  }

  @Test func `where nothing can be written nothing is refused`() throws {
    try FileSystem.writeAtomically("\(scratch.path)/.local/state/atmos-auth", [])
    try origins("a", "A").check("entry", for: "dev")
    try origins("b", "B").check("entry", for: "dev")
  }
}
