import CLibrary
import Core
import TestSupport
import Testing

@testable import Application

/// Processes, told from later ones with their numbers.
@Suite struct ProcessMarkTests {
  @Test func `this process is alive, and one of its number that began at another time is not`() {
    var mark = ProcessMark(getpid())
    #expect(mark.isRunning)
    #if os(Linux)
    mark.start = "1@\(ProcessPlace.present.text)"
    #expect(mark.state() == .over)
    mark.start = "1"
    #expect(mark.state() == .over)
    #endif
    #expect(ProcessMark("0", "1") == nil && ProcessMark("x", "1") == nil)
  }

  @Test(
    arguments: [
      (ProcessPlace(machine: "a", boot: "1", namespace: "7"), nil),
      (ProcessPlace(machine: "a", boot: "2", namespace: "7"), .over),
      (ProcessPlace(machine: "a", boot: "1", namespace: "8"), .elsewhere),
      (ProcessPlace(machine: "b", boot: "1", namespace: "7"), .elsewhere),
      (ProcessPlace(machine: "b", boot: "2", namespace: "7"), .elsewhere),
    ] as [(ProcessPlace, ProcessMark.State?)])
  func `a process of another machine or container is not taken for one that has ended`(
    here: ProcessPlace, state: ProcessMark.State?
  ) {
    var mark = ProcessMark(getpid())
    mark.start = mark.start.prefix { $0 != "@" } + "@a.1.7"
    #expect(mark.state(from: here) == state ?? .running)
  }

  @Test func `what a process elsewhere needs is kept for as long as its session may last`() throws {
    let scratch = try Scratch()
    let path = "\(scratch.path)/command"
    let began = Instant(secondsSince1970: 1_800_000_000)
    try FileSystem.writeAtomically(path, [UInt8](), modificationTime: began)
    var mark = ProcessMark(getpid())
    mark.start = "1@elsewhere.1.7"
    #expect(!mark.isRunning, "it cannot be seen from here")
    #expect(!mark.isOver(since: path, now: began.advanced(bySeconds: 36 * 3600)))
    #expect(mark.isOver(since: path, now: began.advanced(bySeconds: 36 * 3600 + 1)))
  }

  @Test func `a mark survives being written down`() {
    let mark = ProcessMark(getpid())
    #expect(ProcessMark(Substring("\(mark.number)"), Substring(mark.start)) == mark)
  }
}
