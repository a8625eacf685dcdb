import Core
import Testing

struct LineDifferenceTests {
  private func text(_ old: [String], _ new: [String]) -> [String] {
    LineDifference.lines(from: old, to: new).map { "\($0.sign)\($0.text)" }
  }

  @Test func `old lines come before the new ones that replace them`() {
    #expect(text(["a", "b", "c"], ["a", "x", "c"]) == [" a", "-b", "+x", " c"])
  }

  @Test func `equal lists have no difference`() {
    #expect(text(["a", "b"], ["a", "b"]) == [" a", " b"])
    #expect(text([], []) == [])
  }

  @Test func `a list is all new, or all gone`() {
    #expect(text([], ["a", "b"]) == ["+a", "+b"])
    #expect(text(["a", "b"], []) == ["-a", "-b"])
  }

  @Test func `what moved is found around lines that only one list has`() {
    #expect(
      text(["a", "x", "b", "c"], ["c", "a", "y", "b"])
        == ["+c", " a", "-x", "+y", " b", "-c"])
  }

  @Test func `of thousands of lines that moved all are gone and new`() {
    // Exactly, this would be a hundred million steps.
    let lines = (0..<20_000).map { "\($0)" }
    let shown = text(["first"] + lines + ["last"], ["first"] + lines.reversed() + ["last"])
    #expect(shown.count == 40_002)
    #expect(shown.first == " first" && shown.last == " last")
    #expect(shown.count { $0.hasPrefix("-") } == 20_000)
    #expect(shown.count { $0.hasPrefix("+") } == 20_000)
  }

  @Test func `lines of one list only are no work`() {
    let old = (0..<20_000).map { "a\($0)" }
    let new = (0..<20_000).map { "b\($0)" }
    let shown = text(old + ["same"], ["same"] + new)
    #expect(shown.count { $0.hasPrefix(" ") } == 1)
  }
}
