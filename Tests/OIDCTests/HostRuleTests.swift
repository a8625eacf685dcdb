import Testing

@testable import OIDC

@Suite struct HostRuleTests {
  @Test(
    arguments: [
      ("example.com", "example.com", true), ("Example.COM", "example.com", true),
      ("example.com", "a.example.com", false), ("*.example.com", "a.example.com", true),
      (".example.com", "a.b.example.com", true), (".example.com", "example.com", false),
      (".example.com", "evilexample.com", false), ("example.com", "example.com.evil.net", false),
      (".example.com", "evil.net\\.example.com", false), (".example.com", "a%2eexample.com", false),
      (".example.com", ".example.com", false), ("localhost", "localhost", true),
    ])
  func `a rule is about these hosts`(rule: String, host: String, isCovered: Bool) throws {
    let rule = try #require(HostRule(rule))
    #expect(rule.covers(host) == isCovered)
  }

  @Test(arguments: ["", ".", "*", "*.", "https://a.b", "a.b/c", "a..b", "a b", "-a.b", "a.b:443"])
  func `text that is not a host`(text: String) {
    #expect(HostRule(text) == nil)
  }
}
