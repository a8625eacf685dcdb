import Core
import Model
import Testing

@Suite struct CredentialTests {
  private func credential(lifetime: Int64?) -> Credential {
    Credential(
      .ambient, issuedAt: Instant(secondsSince1970: 1000),
      expiresAt: lifetime.map { Instant(secondsSince1970: 1000 + $0) })
  }

  @Test(
    arguments: [
      (3600, 720), (900, 180), (43200, 900), (4500, 900), (4, 0), (0, 0), (-5, 0), (nil, 0),
    ] as [(Int64?, Int64)])
  func `a fifth of the lifetime is its margin, fifteen minutes at most`(
    lifetime: Int64?, margin: Int64
  ) {
    #expect(credential(lifetime: lifetime).renewalMargin == margin)
  }

  @Test(
    arguments: [
      (100, 1000, 99, true), (100, 1000, 100, false), (100, 1099, 0, true), (100, 1100, 0, false),
      (nil, .max - 900, 900, true),
      // The clock was set back after it was issued.
      (3600, 700, 0, true), (3600, 699, 0, false), (nil, 0, 0, true),
    ] as [(Int64?, Int64, Int64, Bool)])
  func `a credential is usable until its margin`(
    lifetime: Int64?, now: Int64, margin: Int64, isUsable: Bool
  ) {
    #expect(
      credential(lifetime: lifetime)
        .isUsable(at: Instant(secondsSince1970: now), margin: margin) == isUsable)
  }
}
