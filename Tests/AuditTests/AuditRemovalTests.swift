import CLibrary
import Core
import Foundation
import TestSupport
import Testing

@testable import Audit

/// Files that are older than is kept: which are removed, and that nobody else can remove more.
@Suite struct AuditRemovalTests {
  private let world: AuditWorld
  private let day: Int64 = 86400

  init() throws {
    world = try AuditWorld()
    world.rotation = AuditLog.Rotation(age: day, keep: 10 * day)
  }

  /// Two lines a day, each day in a file of its own.
  private func live(days: Int) throws {
    for _ in 0..<days {
      try world.add(count: 2)
      world.now = world.now.advanced(bySeconds: day + 1)
    }
  }

  private func removals() throws -> [AuditRecord] {
    try AuditReading(world.directory).records.filter { $0.way == "removal" }
  }

  @Test func `without a word about it everything is kept`() throws {
    world.rotation.keep = nil
    try live(days: 30)
    #expect(try world.files.count == 30)
    #expect(try world.kinds() == [])
  }

  @Test func `what is older goes with its file, and the log says so`() throws {
    try live(days: 12)
    #expect(try world.files.count == 11)
    let first = try #require(try AuditReading(world.directory).records.first)
    let line = try #require(try removals().first)
    #expect(line.removed == 2)
    #expect(line.removedCode?.utf8.count == 64)
    #expect(line.keep == 10 * day)
    #expect(first.seq == 3)
    let result = try world.verify()
    #expect(result.findings.map(\.kind) == [.removed])
    #expect(result.findings.first?.text.hasPrefix("lines 1 to 2 were removed on 20") == true)
    #expect(result.isSound)
    try live(days: 30)
    #expect(try world.files.count == 11)
    #expect(try world.kinds() == [.removed])
    #expect(try world.verify().isSound)
  }

  @Test func `a line is never younger than is kept when it is removed`() throws {
    var ends: [UInt64: Instant] = [:]
    for _ in 0..<25 {
      for _ in 0..<2 { ends[try world.add().sequence] = world.now }
      for line in try removals() {
        let removed = try #require(line.instant)
        let end = try #require(ends[line.removed ?? 0])
        #expect(end.seconds(until: removed) >= 10 * day)
      }
      world.now = world.now.advanced(bySeconds: day + 1)
    }
    #expect(try removals().count > 8)
  }

  @Test func `several files go at once when less is kept from now on`() throws {
    world.rotation.keep = nil
    try live(days: 30)
    world.rotation.keep = 10 * day
    try live(days: 1)
    #expect(try world.files.count == 11)
    #expect(try removals().count == 1)
    #expect(try world.verify().isSound)
  }

  @Test func `within a file nothing is removed`() throws {
    try live(days: 11)
    let count = try world.files.count
    world.now = world.now.advanced(bySeconds: -day)
    try world.add(count: 5)
    #expect(try world.files.count == count)
    #expect(try removals().isEmpty)
  }

  // MARK: Clocks

  @Test func `a clock that was set ahead removes nothing`() throws {
    try live(days: 9)
    let before = world.now
    world.now = world.now.advanced(bySeconds: 5000 * day)
    try world.add()
    #expect(try removals().isEmpty)
    world.now = before
    try world.add(count: 2)
    #expect(try world.verify().isSound)
    #expect(try world.files.count == 10)
  }

  // MARK: Somebody else

  @Test func `a file that was removed without the log is missing`() throws {
    try live(days: 8)
    unlink(try world.files[0])
    #expect(try world.kinds() == [.missing])
    try live(days: 8)
    // What was due later does not excuse it before, and the whole beginning was due then.
    #expect(try world.kinds() == [.removed])
  }

  @Test func `more than what was due is missing`() throws {
    try live(days: 14)
    unlink(try world.files[0])
    let result = try world.verify()
    #expect(result.findings.map(\.text) == ["lines 1 to 8 are missing"])
    #expect(!result.isSound)
  }

  @Test func `a file in the middle, or the latest one, is never due`() throws {
    try live(days: 14)
    let files = try world.files
    unlink(files[4])
    #expect(try world.kinds() == [.removed, .missing])
    unlink(try #require(files.last))
    #expect(try world.kinds().contains(.cut))
  }

  /// A line as somebody writes it who has the key of the next one.
  private func claim(_ last: UInt64, at time: Instant, keep: Int64) throws {
    var entry = AuditEntry(time: time, way: AuditLog.removal)
    (entry.removed, entry.keep) = (last, keep)
    entry.removedCode = String(repeating: "0", count: 64)
    _ = try world.log.append(entry, seed: world.seed)
  }

  @Test func `a line that claims what was not due excuses nothing`() throws {
    try live(days: 8)
    unlink(try world.files[0])
    for time in [world.now, world.now.advanced(bySeconds: 400 * day)] {
      try claim(2, at: time, keep: 10 * day)
      let result = try world.verify()
      #expect(!result.isSound)
      #expect(
        result.findings.first?.text
          == "lines 1 to 2 are missing; a line says that `keep: 10d` removed them, but they were "
          + "not that old")
    }
  }

  @Test func `without a word about it no claim counts`() throws {
    try live(days: 14)
    world.rotation.keep = nil
    let result = try world.verify()
    #expect(result.findings.map(\.kind) == [.missing])
    #expect(result.findings.first?.text.hasSuffix("but no `keep` is set") == true)
    world.rotation.keep = 20 * day
    #expect(try world.kinds() == [.missing])
    #expect(try world.verify().findings.first?.text.hasSuffix("`keep` is 20d") == true)
  }

  @Test func `a changed line about a removal counts as nothing`() throws {
    try live(days: 12)
    let last = try world.files.count - 1
    let lines = try world.lines(last).map { $0.replacing("\"removed\":2", with: "\"removed\":1") }
    try world.put(lines, last)
    #expect(try world.kinds() == [.missing, .changed])
  }

  @Test func `a copy of the head of what was removed still counts`() throws {
    let heads = try (0..<2).map { _ in try world.add() }
    world.now = world.now.advanced(bySeconds: day + 1)
    try live(days: 12)
    #expect(try world.kinds(heads: heads) == [.removed])
    let forged = AuditHead(log: heads[1].log, sequence: 2, code: heads[0].code)
    #expect(try world.kinds(heads: [forged]) == [.removed, .changed])
  }

  // MARK: Keys

  @Test func `a log without a keyring is verified by its first key`() throws {
    world.seed = nil
    try live(days: 14)
    #expect(try world.files.count == 11)
    #expect(try world.kinds() == [.removed, .weak])
    #expect(try world.verify().isSound)
  }

  @Test func `a file goes only if the one after it can be verified without it`() throws {
    try live(days: 3)
    world.seed = nil
    try live(days: 12)
    world.seed = AuditWorld.seed("a")
    #expect(try world.verify().isSound)
    #expect(try AuditReading(world.directory).records.first?.seq == 5)
    try live(days: 12)
    #expect(try world.verify().isSound)
    #expect(try world.files.count == 11)
  }

  // MARK: Kills

  @Test func `a kill between the line and the removal leaves it for the next time`() throws {
    try live(days: 11)
    let old = try world.files[0]
    let kept = try Data(contentsOf: URL(fileURLWithPath: old))
    try live(days: 1)
    #expect(!FileSystem.exists(old))
    try kept.write(to: URL(fileURLWithPath: old))
    #expect(try world.kinds() == [])
    try live(days: 1)
    #expect(!FileSystem.exists(old))
    #expect(try world.kinds() == [.removed])
  }

  @Test func `a file that cannot be removed stops nobody`() throws {
    try live(days: 11)
    let files = try world.files
    // A directory in its place fails for root, too.
    rename(files[0], files[0] + ".away")
    mkdir(files[0], 0o700)
    try live(days: 3)
    #expect(FileSystem.exists(files[0]))
    rmdir(files[0])
    rename(files[0] + ".away", files[0])
    #expect(try world.verify().isSound)
  }
}
