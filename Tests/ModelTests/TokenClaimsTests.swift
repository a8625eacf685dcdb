import Core
import Model
import Testing

@Suite struct TokenClaimsTests {
  private func token(_ claims: String) -> Secret {
    let part = String(decoding: Base64.encode(claims.utf8, .url), as: UTF8.self)
    return Secret("e30.\(part).c2ln")
  }

  @Test func `claims are read without a look at the signature`() throws {
    let claims = try #require(
      TokenClaims(jwt: token(#"{"iss":"https://i","sub":"s","aud":"a","exp":1736942400}"#)))
    #expect(claims.issuer == "https://i")
    #expect(claims.subject == "s")
    #expect(claims.audiences == ["a"])
    #expect(claims.expiresAt == Instant(secondsSince1970: 1_736_942_400))
    #expect(
      claims.line == "iss `https://i`, sub `s`, aud `a`, exp 2025-01-15T12:00:00Z")
  }

  @Test(
    arguments: [
      (#"{"aud":["a","b"],"exp":"1736942400.5"}"#, ["a", "b"], 1_736_942_400),
      (#"{"aud":7,"exp":1e300,"iss":[]}"#, [], nil), ("{}", [], nil),
    ] as [(String, [String], Int64?)])
  func `odd claims count as missing`(text: String, audiences: [String], end: Int64?) throws {
    let claims = try #require(TokenClaims(jwt: token(text)))
    #expect(claims.audiences == audiences)
    #expect(claims.expiresAt?.secondsSince1970 == end)
    #expect(claims.issuer == nil && claims.subject == nil)
  }

  @Test(arguments: ["", "a.b", "e30.e30.x.y", "e30.!.x", "e30.W10.x"])
  func `text that is not a token`(text: String) {
    #expect(TokenClaims(jwt: Secret(text)) == nil)
  }

  @Test func `a token passes through a credential`() {
    let token = IdentityToken(Secret(" e30.eyJzdWIiOiJzIn0.x\n"))
    let credential = token.credential(
      issuedAt: Instant(secondsSince1970: 0), region: "eu-west-1")
    #expect(IdentityToken(credential) == token)
    #expect(credential.principal == "s")
    #expect(
      IdentityToken(Credential(.ambient, issuedAt: Instant(secondsSince1970: 0), expiresAt: nil))
        == nil)
  }
}
