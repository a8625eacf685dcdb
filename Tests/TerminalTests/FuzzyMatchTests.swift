import Terminal
import Testing

@Suite("Fuzzy matching")
struct FuzzyMatchTests {
  private func match(_ query: String, _ name: String, _ keywords: String...) -> FuzzyMatch? {
    FuzzyMatch.of(query, in: FuzzyMatch.Candidate(name: name, keywords: keywords))
  }

  private func best(_ query: String, of names: [String]) -> String? {
    names.compactMap { name in match(query, name).map { (name, $0.score) } }
      .max { $0.1 < $1.1 }?.0
  }

  @Test("Letters have to appear in order, without case")
  func order() {
    #expect(match("ppu", "prod/PowerUser") != nil)
    #expect(match("PPU", "prod/poweruser") != nil)
    #expect(match("upp", "prod/PowerUser") == nil)
    #expect(match("", "anything")?.positions == [])
  }

  @Test("Every word has to be found, in any order")
  func words() {
    #expect(match("admin prod", "prod/Admin") != nil)
    #expect(match("admin prod", "dev/Admin") == nil)
    #expect(match("admin 1234", "prod/Admin", "123412341234") != nil)
  }

  @Test(
    "What was meant comes first",
    arguments: [
      ("admin", ["prod/ReadOnlyAdministrator", "prod/Admin"], "prod/Admin"),
      ("prod", ["nonprod/Admin", "prod/Admin"], "prod/Admin"),
      ("pa", ["payments/Viewer", "p-x/Admin"], "payments/Viewer"),
      ("dev", ["d-e-v", "my-dev"], "my-dev"),
    ])
  func ranking(query: String, names: [String], expected: String) {
    #expect(best(query, of: names) == expected)
    #expect(best(query, of: names.reversed()) == expected)
  }

  @Test("Positions are those that were typed; starts of words are preferred")
  func positions() {
    #expect(match("admin", "prod/Admin")?.positions == [5, 6, 7, 8, 9])
    #expect(match("pu", "xp/power-user")?.positions == [3, 9])
    #expect(match("9999", "prod", "999999999999")?.positions == [])
  }
}
