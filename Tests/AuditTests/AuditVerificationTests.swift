import CLibrary
import Core
import Foundation
import TestSupport
import Testing

@testable import Audit

/// What is done to a log by somebody who can write its files and has the key of the next line.
@Suite struct AuditVerificationTests {
  private let world: AuditWorld

  init() throws { world = try AuditWorld() }

  @Test func `a log that nobody touched is sound`() throws {
    let head = try (0..<5).map { _ in try world.add() }.last
    let result = try world.verify()
    #expect(result.isSound)
    #expect(result.findings == [])
    #expect(result.count == 5)
    #expect(result.head == head)
    #expect(try AuditReading(world.directory).records.map(\.seq) == [1, 2, 3, 4, 5])
  }

  @Test func `no log is sound, and empty`() throws {
    #expect(try world.verify().isSound)
    #expect(try world.verify().isEmpty)
  }

  @Test(arguments: [0, 2, 4]) func `a changed line is found, and the others stay sound`(
    index: Int
  ) throws {
    try world.add(count: 5)
    var lines = try world.lines()
    lines[index] = lines[index].replacing("terraform", with: "terrafirm")
    try world.put(lines)
    let result = try world.verify()
    #expect(result.findings.map(\.kind) == [.changed])
    #expect(result.findings.first?.text.contains("line \(index + 1) ") == true)
    #expect(result.count == 4)
  }

  @Test func `a line whose claim to a seed was taken away or put in is found`() throws {
    try world.add(count: 4)
    var lines = try world.lines()
    lines[0] = lines[0].replacing(",\"seed\":\"a\"", with: "")
    try world.put(lines)
    #expect(try world.kinds() == [.unverifiable])
    #expect(try world.verify().count == 3)
    lines = try world.lines()
    lines[2] = lines[2].replacing("{\"seq\":3", with: "{\"seq\":3,\"seed\":\"a\"")
    try world.put(lines)
    #expect(try world.kinds() == [.unverifiable, .changed])
  }

  @Test func `every bit of a line counts`() throws {
    try world.add(count: 2)
    let path = try world.files[0]
    let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: path)))
    for place in stride(from: 0, to: bytes.count, by: 3) {
      var other = bytes
      other[place] ^= 1
      try Data(other).write(to: URL(fileURLWithPath: path))
      #expect(try !world.verify().isSound, "byte \(place)")
    }
  }

  @Test(arguments: [[1], [0], [1, 2], [0, 1, 2]]) func `removed lines are found`(
    gone: [Int]
  ) throws {
    try world.add(count: 5)
    let lines = try world.lines()
    try world.put(lines.enumerated().filter { !gone.contains($0.offset) }.map(\.element))
    let result = try world.verify()
    #expect(result.findings.map(\.kind) == [.missing])
    #expect(result.count == 5 - gone.count)
  }

  @Test func `lines that were cut off at the end are found`() throws {
    try world.add(count: 5)
    try world.put(Array(try world.lines().prefix(3)))
    #expect(try world.verify().findings.map(\.text) == ["lines 4 to 5 were cut off at the end"])
    #expect(try world.kinds() == [.cut])
    // What is written later does not hide it.
    try world.add()
    #expect(try world.kinds() == [.missing])
    #expect(try world.verify().count == 4)
  }

  @Test func `moved and repeated lines are found`() throws {
    try world.add(count: 5)
    let lines = try world.lines()
    var moved = lines
    moved.swapAt(1, 2)
    try world.put(moved)
    #expect(try world.kinds().contains(.moved))
    try world.put(lines + [lines[2]])
    #expect(try world.kinds() == [.moved])
    try world.put(lines)
    #expect(try world.verify().isSound)
  }

  @Test func `lines of another log are found`() throws {
    try world.add(count: 3)
    let other = try AuditWorld()
    try other.add(count: 3)
    var lines = try world.lines()
    lines[1] = try other.lines()[1]
    try world.put(lines)
    #expect(try world.kinds() == [.changed])
  }

  @Test func `text that is not a line is found`() throws {
    try world.add(count: 3)
    var lines = try world.lines()
    lines.insert("{\"time\":\"now\"}", at: 1)
    try world.put(lines)
    #expect(try world.kinds() == [.foreign])
  }

  @Test func `the present key writes no older line`() throws {
    try world.add(count: 5)
    let state = try #require(
      AuditState(Array(try Data(contentsOf: URL(fileURLWithPath: world.keyPath)))))
    var lines = try world.lines()
    var forged = state
    forged.sequence = 3
    var entry = AuditEntry(time: world.now, way: "exec")
    entry.identity = "somebody else"
    let line = AuditLine.bytes(entry, forged, seedID: nil, torn: nil).bytes
    lines[2] = String(decoding: line.dropLast(), as: UTF8.self)
    try world.put(lines)
    #expect(try world.kinds() == [.changed])
  }

  // MARK: The key file

  @Test func `a key file that was put back or replaced is found`() throws {
    let url = URL(fileURLWithPath: world.keyPath)
    try world.add(count: 2)
    let early = try Data(contentsOf: url)
    try world.add(count: 3)
    let late = try Data(contentsOf: url)
    try early.write(to: url)
    #expect(try world.kinds() == [.key])
    var state = try #require(AuditState(Array(late)))
    state.key[0] ^= 1
    try Data(state.encoded).write(to: url)
    #expect(try world.kinds() == [.key])
    try late.write(to: url)
    #expect(try world.verify().isSound)
  }

  @Test func `cutting lines off with a key file made to fit is found`() throws {
    try world.add(count: 5)
    let url = URL(fileURLWithPath: world.keyPath)
    var state = try #require(AuditState(Array(try Data(contentsOf: url))))
    state.sequence = 4
    try Data(state.encoded).write(to: url)
    try world.put(Array(try world.lines().prefix(3)))
    #expect(try world.kinds() == [.key])
  }

  @Test func `a number without end does not hang it`() throws {
    try world.add(count: 2)
    let url = URL(fileURLWithPath: world.keyPath)
    var state = try #require(AuditState(Array(try Data(contentsOf: url))))
    state.sequence = .max - 1
    try Data(state.encoded).write(to: url)
    #expect(try world.kinds() == [.key])
    try world.put(try world.lines().map { $0.replacing("\"seq\":2", with: "\"seq\":4000000000") })
    #expect(try !world.verify().isSound)
  }

  @Test func `a log that is begun again in its place is found`() throws {
    try world.add(count: 3)
    unlink(world.keyPath)
    #expect(try world.kinds() == [.key])
    try world.add()
    #expect(try world.kinds() == [.key])
  }

  @Test func `a damaged key file stops the writers, and says what to do`() throws {
    try world.add(count: 2)
    try Data("half".utf8).write(to: URL(fileURLWithPath: world.keyPath))
    let error = #expect(throws: AuthError.self) { try world.add() }
    #expect(error?.code == .badConfiguration)
    #expect(error?.hints.last?.contains("rm ") == true)
    #expect(try world.kinds() == [.key])
  }

  // MARK: Copies of the head

  @Test func `a copy of the head shows that all was put back together`() throws {
    let url = URL(fileURLWithPath: world.keyPath)
    try world.add(count: 2)
    let early = try Data(contentsOf: url)
    let lines = try world.lines()
    let seen = try world.add()
    try early.write(to: url)
    try world.put(lines)
    #expect(try world.verify().isSound, "nothing here can tell")
    #expect(try world.kinds(heads: [seen]) == [.cut])
    let forged = AuditHead(log: seen.log, sequence: 2, code: seen.code)
    #expect(try world.kinds(heads: [forged]) == [.changed])
    #expect(try world.kinds(heads: [AuditHead(log: 1, sequence: 1, code: seen.code)]) == [.key])
  }

  @Test func `a head is read as it is written`() throws {
    let head = try world.add()
    #expect(AuditHead(text: head.text) == head)
    #expect(AuditHead(text: head.text.replacing(" ", with: ":")) == head)
    #expect(AuditHead(text: "one two three") == nil)
    #expect(AuditHead(text: head.text + " more") == nil)
  }

  // MARK: The first key

  @Test func `without a keyring the first key is beside the log, and that is said`() throws {
    world.seed = nil
    try world.add(count: 3)
    #expect(try world.kinds() == [.weak])
    #expect(try world.verify().isSound)
    #expect(try FileSystem.mode(#require(world.files.first)) == 0o600)
    #expect(FileSystem.mode("\(world.directory)/first-key") == 0o600)
    #expect(FileSystem.mode(world.keyPath) == 0o600)
    #expect(FileSystem.mode(world.directory) == 0o700)
  }

  @Test func `once the keyring is open the log goes on with a key of its`() throws {
    world.seed = nil
    try world.add(count: 2)
    world.seed = AuditWorld.seed("a")
    try world.add(count: 2)
    world.seed = nil
    try world.add()
    world.seed = AuditWorld.seed("a")
    #expect(try world.kinds() == [.weak])
    #expect(try world.verify().count == 5)
    #expect(try world.files.count == 2)
    // The lines before are not lost with the file, but cannot be verified.
    unlink("\(world.directory)/first-key")
    let result = try world.verify()
    #expect(result.findings.map(\.kind) == [.unverifiable])
    #expect(result.count == 3)
  }

  @Test func `without the keyring nothing is said to be sound`() throws {
    try world.add(count: 3)
    world.seed = nil
    #expect(try world.kinds() == [.unverifiable])
    world.seed = AuditWorld.seed("b")
    #expect(try world.kinds() == [.unverifiable])
  }

  @Test func `no key is in a file that verifies older lines`() throws {
    try world.add(count: 3)
    let first = AuditKeys.start(
      try #require(world.seed), log: try #require(try world.verify().log), sequence: 1)
    let all = try FileManager.default.contentsOfDirectory(atPath: world.directory)
    #expect(all.count == 2)
    for name in all {
      let text = try String(contentsOfFile: "\(world.directory)/\(name)", encoding: .utf8)
      var key = first
      for _ in 0..<3 {
        #expect(!text.contains(Hex.lowercase(key)))
        key = AuditKeys.next(key)
      }
    }
  }
}
