import Testing

@testable import Core

@Suite struct FactsTests {
  private static let facts = [
    Facts(
      generation: 7, expiresAt: Instant(secondsSince1970: 1_800_000_000),
      renewableUntil: Facts.always,
      state: .valid, account: "123456789012", region: "eu-west-1", identity: "prod admin"),
    Facts(
      generation: 0, expiresAt: nil, renewableUntil: Instant(secondsSince1970: 0), state: .ended,
      account: nil, region: nil, identity: "x"),
  ]

  @Test(arguments: facts) func `what is written is read back`(facts: Facts) {
    #expect(Facts(line: Array(facts.line.utf8)) == facts)
  }

  @Test func `the format is that of the protocol's page`() {
    #expect(
      Self.facts.map(\.line) == [
        "atmos-auth-facts 1 7 1800000000 9223372036854775807 valid 123456789012 eu-west-1 prod%20admin\n",
        "atmos-auth-facts 1 0 0 0 ended - - x\n",
      ])
  }

  @Test func `a line that would be too long loses what no prompt could show`() {
    var facts = Self.facts[0]
    facts.region = String(repeating: "r", count: Facts.limit)
    #expect(facts.line.hasSuffix(" valid - - -\n"))
    #expect(facts.line.utf8.count <= Facts.limit)
  }

  @Test(arguments: [
    "", "atmos-auth-facts 2 7 0 0 valid - - x", "atmos-auth-facts 1 7 0 0 gone - - x",
    "atmos-auth-facts 1 7 x 0 valid - - x", "atmos-auth-facts 1 7 0 0 valid - -",
    "atmos-auth-grant 1 7 0 0 valid - - x",
  ])
  func `anything else is no facts`(line: String) {
    #expect(Facts(line: Array(line.utf8)) == nil)
  }
}
