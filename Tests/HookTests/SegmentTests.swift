import Core
import Testing

@testable import Hook

@Suite struct SegmentTests {
  private static let expiry: Int64 = 1_800_000_000

  private func segment(
    left: Int64?, renewable: Int64 = 0, state: Facts.State = .valid, protected: Bool = false,
    style: PromptStyle = PromptStyle(), name: String = "dev", region: String? = nil
  ) -> (Segment, Instant) {
    let facts = Facts(
      generation: 1, expiresAt: left.map { _ in Instant(secondsSince1970: Self.expiry) },
      renewableUntil: Instant(secondsSince1970: renewable), state: state, account: nil,
      region: region, identity: name)
    return (
      Segment(identity: name, isProtected: protected, style: style, facts: facts),
      Instant(secondsSince1970: Self.expiry - (left ?? 0))
    )
  }

  @Test(
    arguments: [
      (11_525, "dev 3h12m"), (3600, "dev 1h00m"), (3599, "dev 59m"), (901, "dev 15m"),
      (900, "dev 15m!"), (300, "dev 5m!"), (299, "dev 4m59s!"), (60, "dev 1m00s!"),
      (59, "dev 59s!"),
      (1, "dev 1s!"), (0, "dev expired"), (-5, "dev expired"),
    ] as [(Int64, String)])
  func `the time that is left`(left: Int64, text: String) {
    let (segment, now) = segment(left: left)
    #expect(segment.text(at: now, columns: 80, symbol: "") == text)
  }

  @Test(
    arguments: [
      (nil, 0, .valid, .valid, "dev"), (5, 0, .ended, .ended, "dev no session"),
      (-5, expiry + 6, .valid, .renewable, "dev ~"),
      (-5, expiry + 5, .valid, .expired, "dev expired"),
      (5, expiry + 6, .valid, .expiring, "dev 5s!"),
    ] as [(Int64?, Int64, Facts.State, Segment.Look, String)])
  func `how a session stands`(
    left: Int64?, renewable: Int64, state: Facts.State, look: Segment.Look, text: String
  ) {
    let (segment, now) = segment(left: left, renewable: renewable, state: state)
    #expect(segment.look(at: now) == look)
    #expect(segment.text(at: now, columns: 80, symbol: "") == text)
  }

  @Test func `nothing is known of a session`() {
    let segment = Segment(identity: "dev", isProtected: true, style: PromptStyle(), facts: nil)
    let now = Instant(secondsSince1970: 0)
    #expect(segment.look(at: now) == .unknown && segment.span(at: now).isEmpty)
    #expect(segment.text(at: now, columns: 80, symbol: "@") == "@!dev")
  }

  @Test(arguments: [
    (80, "@!a-long-name-of-one eu-west-1 3h12m"), (79, "@!a-long-name-of-one 3h12m"),
    (60, "@!a-long-name-of-one 3h12m"), (59, "@!a-long-name-of-one"), (40, "@!a-long-name-of-one"),
    (39, "@!a-lon..f-one"),
  ])
  func `what goes where there is little room`(columns: Int, text: String) {
    let (segment, now) = segment(
      left: 11_525, protected: true, style: PromptStyle(showsRegion: true),
      name: "a-long-name-of-one", region: "eu-west-1")
    #expect(segment.text(at: now, columns: columns, symbol: "@") == text)
  }

  @Test func `what asks for attention stays where there is little room`() {
    let (segment, now) = segment(left: 12)
    #expect(segment.text(at: now, columns: 20, symbol: "") == "dev 12s!")
  }

  @Test(
    arguments: [
      11_525, 3600, 3599, 961, 960, 959, 901, 900, 899, 301, 300, 299, 60, 1, 0, -1,
      -59, -60, -61,
    ] as [Int64], [0, 30] as [Int64])
  func `the text is the same within its span, and another one outside`(left: Int64, renews: Int64) {
    let (segment, now) = segment(left: left, renewable: Self.expiry + renews)
    let span = segment.span(at: now)
    func text(_ second: Int64) -> String {
      segment.text(at: Instant(secondsSince1970: second), columns: 80, symbol: "")
    }
    let here = text(now.secondsSince1970)
    #expect(span.contains(now.secondsSince1970))
    #expect(text(span.lowerBound) == here && text(span.lowerBound - 1) != here)
    #expect(text(span.upperBound - 1) == here)
    if span.upperBound < .max { #expect(text(span.upperBound) != here) }
  }

  @Test(
    arguments: [
      (nil, false, "xterm", ["LANG": "C.UTF-8"], "☁ "),
      (nil, false, "xterm", ["LANG": "de_DE.utf8"], "☁ "),
      (nil, false, "xterm", ["LC_ALL": "C", "LANG": "C.UTF-8"], "@"),
      (nil, false, "xterm", [:], "@"),
      (nil, false, "linux", ["LANG": "C.UTF-8"], "@"),
      (nil, false, "dumb", ["LANG": "C.UTF-8"], "@"),
      (nil, true, "xterm", ["LANG": "C.UTF-8"], "@"),
      ("λ ", false, "xterm", ["LANG": "C.UTF-8"], "λ "),
      ("λ ", true, "xterm", ["LANG": "C.UTF-8"], "@"), ("a\u{1b}[1m ", true, "xterm", [:], "a[1m "),
      ("", false, "xterm", [:], ""),
    ] as [(String?, Bool, String, [String: String], String)])
  func `the symbol that a terminal can show`(
    symbol: String?, isASCII: Bool, terminal: String, locale: [String: String], shown: String
  ) {
    let environment = locale.merging(["TERM": terminal]) { $1 }
    let style = PromptStyle(symbol: symbol, isASCII: isASCII)
    #expect(Segment.symbol(style, environment: { environment[$0] }) == shown)
  }
}
