import CLibrary
import Testing

@testable import Application

/// Processes, told from later ones with their numbers.
@Suite struct ProcessMarkTests {
  @Test func `this process is alive, and one of its number that began at another time is not`() {
    var mark = ProcessMark(getpid())
    #expect(mark.isAlive)
    #if os(Linux)
    mark.start = "1"
    #expect(!mark.isAlive)
    #endif
    #expect(ProcessMark("0", "1") == nil && ProcessMark("x", "1") == nil)
  }

  @Test func `a mark survives being written down`() {
    let mark = ProcessMark(getpid())
    #expect(ProcessMark(Substring("\(mark.number)"), Substring(mark.start)) == mark)
  }
}
