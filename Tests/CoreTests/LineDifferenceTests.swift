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
}
