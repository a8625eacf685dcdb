import Testing

@testable import OIDC

@Suite struct GitHubAddressTests {
  @Test(
    arguments: [
      ("https://h/p?api-version=2.0&x=%2Fb+c", "https://h/p?api-version=2.0&x=%2Fb+c&audience="),
      ("https://h/p", "https://h/p?audience="),
      ("https://h/p?audience=a&b=c&audience", "https://h/p?b=c&audience="),
    ])
  func `the address stays as it is, and the audience is added`(url: String, expected: String) {
    let address = GitHubTokenService.address(url, audience: "api://a b")
    #expect(address == expected + "api%3A%2F%2Fa%20b")
  }
}
