import CLibrary
import Core
import TestSupport
import Testing

/// Temporary files that killed processes left behind, and those of processes that are still writing.
@Suite struct LeftoverTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private var path: String { scratch.path + "/.0123456789abcdef.42.tmp" }

  private func leave(secondsAgo age: Int64) throws -> Instant {
    let now = Instant(secondsSince1970: 1_800_000_000)
    try FileSystem.writeAtomically(
      path, "half".utf8, modificationTime: now.advanced(bySeconds: -age))
    return now
  }

  @Test(arguments: [(600, 0), (4000, 1)])
  func `one is removed after an hour`(age: Int64, count: Int) throws {
    let now = try leave(secondsAgo: age)
    #expect(FileSystem.removeLeftovers(in: scratch.path, now: now) == count)
    #expect(FileSystem.exists(path) == (count == 0))
  }

  @Test func `one that is being written stays, however old its time`() throws {
    let now = try leave(secondsAgo: 4000)
    let writer = open(path, O_RDONLY | O_CLOEXEC)
    #expect(flock(writer, LOCK_EX | LOCK_NB) == 0)
    #expect(FileSystem.removeLeftovers(in: scratch.path, now: now) == 0)
    flock(writer, LOCK_UN)
    close(writer)
    #expect(FileSystem.removeLeftovers(in: scratch.path, now: now) == 1)
  }
}
