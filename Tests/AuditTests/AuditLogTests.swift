import CLibrary
import Core
import Foundation
import TestSupport
import Testing

@testable import Audit

/// Writing: kills at every moment, full disks, rotation, many writers, hostile texts.
@Suite struct AuditLogTests {
  private let world: AuditWorld

  init() throws { world = try AuditWorld() }

  private var keyURL: URL { URL(fileURLWithPath: world.keyPath) }

  // MARK: Kills

  @Test func `a kill between the line and the key is made up for`() throws {
    try world.add(count: 2)
    let before = try Data(contentsOf: keyURL)
    try world.add("killed")
    try before.write(to: keyURL)
    #expect(try world.kinds() == [.unsettled])
    #expect(try world.verify().isSound)
    try world.add("later")
    #expect(try world.kinds() == [])
    #expect(
      try AuditReading(world.directory).records.map(\.identity) == ["a", "b", "killed", "later"])
  }

  @Test func `a line torn at any byte is told by the next one`() throws {
    try world.add(count: 2)
    let before = try Data(contentsOf: keyURL)
    let sound = try world.lines()
    try world.add("torn")
    let torn = try #require(try world.lines().last)
    let whole = Array((torn + "\n").utf8)
    for count in stride(from: 1, to: whole.count, by: 7) {
      try before.write(to: keyURL)
      let text = sound.map { $0 + "\n" }.joined()
      try Data(Array(text.utf8) + whole[..<count]).write(
        to: URL(fileURLWithPath: try world.files[0]))
      #expect(try world.kinds() == [.torn], "\(count) bytes")
      try world.add("later")
      let result = try world.verify()
      #expect(result.findings.map(\.kind) == [.torn], "\(count) bytes")
      #expect(result.findings.first?.text.contains("\(count) bytes") == true)
      #expect(result.count == 3)
    }
  }

  @Test func `bytes that somebody adds are not taken for a killed process's`() throws {
    try world.add(count: 2)
    let path = try world.files[0]
    let lines = try world.lines()
    try world.put(lines + [lines[1].replacing("\"seq\":2", with: "\"seq\":3")])
    #expect(try world.kinds().contains(.changed))
    try world.add()
    let result = try world.verify()
    #expect(!result.isSound || result.findings.map(\.kind) == [.torn])
    #expect(result.findings.count >= 1)
    #expect(FileSystem.exists(path))
  }

  @Test func `a kill while a file is begun leaves no gap`() throws {
    try world.add(count: 2)
    let before = try Data(contentsOf: keyURL)
    world.rotation.age = 10
    world.now = world.now.advanced(bySeconds: 100)
    try world.add("first of the next file")
    #expect(try world.files.count == 2)
    let after = try Data(contentsOf: keyURL)
    // Killed after the line: the key file still means the old one, or has only the new key.
    var begun = try #require(AuditState(Array(before)))
    begun.first = 3
    begun.size = 0
    begun.since = world.now
    begun.key = AuditKeys.start(try #require(world.seed), log: begun.log, sequence: 3)
    for state in [before, Data(begun.encoded)] {
      try state.write(to: keyURL)
      #expect(try world.verify().isSound)
    }
    try world.add("later")
    #expect(try world.kinds() == [])
    #expect(try world.verify().count == 4)
    #expect(try world.files.count == 2)
    #expect(try Data(contentsOf: keyURL) != after)
  }

  // MARK: Rotation

  @Test func `another file is begun by size and by age, and the chain goes on`() throws {
    world.rotation.size = 700
    try world.add(count: 12)
    #expect(try world.files.count > 2)
    world.rotation = AuditLog.Rotation(size: 1 << 20, age: 60)
    let count = try world.files.count
    try world.add()
    #expect(try world.files.count == count)
    world.now = world.now.advanced(bySeconds: 61)
    try world.add()
    #expect(try world.files.count == count + 1)
    let result = try world.verify()
    #expect(result.findings == [])
    #expect(result.count == 14)
  }

  @Test func `a file that was removed is found`() throws {
    world.rotation.size = 700
    try world.add(count: 30)
    let files = try world.files
    unlink(files[1])
    #expect(try world.kinds() == [.missing])
    unlink(files[0])
    #expect(try world.kinds() == [.missing])
    unlink(try #require(files.last))
    #expect(try world.kinds() == [.missing, .cut])
  }

  // MARK: Faults of the system

  @Test func `what cannot be written leaves nothing behind`() throws {
    try world.add(count: 2)
    let (lines, key) = (try world.lines(), try Data(contentsOf: keyURL))
    // A directory in its place fails for root, too.
    let path = try world.files[0]
    rename(path, path + ".away")
    mkdir(path, 0o700)
    let error = #expect(throws: AuthError.self) { try world.add() }
    #expect(error?.code == .system)
    #expect(error?.message.contains("audit log") == true)
    #expect(try Data(contentsOf: keyURL) == key)
    rmdir(path)
    rename(path + ".away", path)
    #expect(try world.lines() == lines)
    try world.add()
    #expect(try world.kinds() == [])
  }

  @Test func `a link in the place of a file is not followed`() throws {
    try world.add()
    let path = try world.files[0]
    let other = try world.scratch.write("other", "precious\n")
    unlink(path)
    symlink(other, path)
    #expect(throws: AuthError.self) { try world.add() }
    #expect(try String(contentsOfFile: other, encoding: .utf8) == "precious\n")
  }

  @Test func `many writers lose no line`() async throws {
    let (log, seed, now) = (world.log, world.seed, world.now)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<20 {
        group.addTask {
          for number in 0..<10 {
            var entry = AuditEntry(time: now, way: "exec")
            entry.identity = "\(writer)-\(number)"
            _ = try log.append(entry, seed: seed)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(try world.kinds() == [])
    #expect(try Set(AuditReading(world.directory).records.map(\.identity)).count == 200)
  }

  @Test func `a process that keeps the lock stops nobody for ever`() throws {
    try world.add()
    do {
      let holder = open(world.keyPath, O_RDWR | O_CLOEXEC)
      defer { close(holder) }
      #expect(flock(holder, LOCK_EX) == 0)
      let log = AuditLog(directory: world.directory, patience: 3, randomBytes: { _ in [] })
      let error = #expect(throws: AuthError.self) {
        try log.append(AuditEntry(time: world.now, way: "exec"), seed: world.seed)
      }
      #expect(error?.message.contains("cannot lock") == true)
    }
    #expect(try world.kinds(heads: []) == [])
  }

  @Test func `a durable line is written like another`() throws {
    try world.add(isDurable: true)
    try world.add(isDurable: true)
    #expect(try world.kinds() == [])
  }

  // MARK: Texts

  @Test(arguments: [
    "a\n{\"seq\":2,\"mac\":\"\"}", "quote \" and \\", "\u{1B}]0;title\u{7}", "\u{202E}evil",
    "a\u{2028}b", "a\0b", "tab\there", "ünïcödé 日本", "",
  ]) func `no text ends a line or reaches a terminal raw`(text: String) throws {
    var entry = AuditEntry(time: world.now, way: "exec")
    entry.identity = text
    entry.directory = "/tmp/\(text)"
    entry.chain = [text, "b"]
    _ = try world.log.append(entry, seed: world.seed)
    try world.add("next")
    #expect(try world.lines().count == 2)
    #expect(try world.kinds() == [])
    let record = try #require(try AuditReading(world.directory).records.first)
    #expect(record.directory == "/tmp/\(text)")
    #expect(record.identity == (text.isEmpty ? nil : text))
    let raw = try #require(try world.lines().first)
    for output in [raw, record.json, record.csv] {
      #expect(!output.unicodeScalars.contains { DisplayText.isHidden($0) }, "\(output)")
    }
  }

  @Test func `a text without end is cut`() throws {
    var entry = AuditEntry(time: world.now, way: "exec")
    entry.directory = String(repeating: "/deep", count: 10_000)
    _ = try world.log.append(entry, seed: world.seed)
    #expect(try #require(try world.lines().first).utf8.count < 5000)
    #expect(try world.kinds() == [])
  }

  @Test(arguments: ["=1+1", "+a", "-a", "@a", "a,b", "a\"b", "a;b"])
  func `a cell is no formula, and ends where it ends`(text: String) throws {
    try world.add(text)
    let record = try #require(try AuditReading(world.directory).records.first)
    let cell = record.csv.dropFirst("1,\(record.time),exec,".count)
    #expect(!"=+-@".contains(cell.first ?? "="))
    if text.contains(where: { ",\";".contains($0) }) { #expect(cell.first == "\"") }
  }
}
