import Testing

@testable import Core

/// Texts on their way into files and onto terminals, and out of files again.
@Suite struct TextTests {
  @Test(arguments: [
    ("", ""), ("aZ09._-/@+:", "aZ09._-/@+:"), ("a b\tc\n", "a%20b%09c%0a"),
    ("%=,|'", "%25%3d%2c%7c%27"),
    ("☁", "%e2%98%81"), ("\u{0}", "%00"),
  ])
  func `percent-encoding and back`(text: String, encoded: String) {
    #expect(Percent.encode(text) == encoded)
    #expect(Percent.decode(encoded.utf8) == text)
  }

  @Test(arguments: [("%4A%4a", "JJ"), ("a b", "a b"), ("%ff", "\u{fffd}")])
  func `more that is read than written`(encoded: String, text: String) {
    #expect(Percent.decode(encoded.utf8) == text)
  }

  @Test(arguments: ["%", "%4", "a%zz", "%%41"])
  func `what is not percent-encoded`(encoded: String) {
    #expect(Percent.decode(encoded.utf8) == nil)
  }

  private func fields(_ text: String) -> Fields {
    Fields(Array(text.utf8)[...], separator: UInt8(ascii: " "))
  }

  @Test(arguments: [("", [""]), ("a", ["a"]), ("a  b ", ["a", "", "b", ""])])
  func `fields one after the other`(line: String, all: [String]) {
    var rest = fields(line)
    #expect(rest.count == all.count)
    var found: [String] = []
    while let field = rest.nextText() { found.append(field) }
    #expect(found == all)
    #expect(rest.isAtEnd && rest.next() == nil)
  }

  @Test(
    arguments: [
      ("0", 0), ("18446744073709551615", .max), ("18446744073709551616", nil), ("", nil),
      ("-1", nil),
      ("+1", nil), ("1x", nil), ("0x1", nil),
    ] as [(String, UInt64?)])
  func `numbers without a sign`(text: String, number: UInt64?) {
    var rest = fields(text)
    #expect(rest.nextUnsigned() == number)
  }

  @Test(
    arguments: [
      ("-1", -1), ("9223372036854775807", .max), ("-9223372036854775807", -.max),
      ("9223372036854775808", nil), ("-", nil), ("--1", nil), ("", nil),
    ] as [(String, Int64?)])
  func `numbers with a sign`(text: String, number: Int64?) {
    var rest = fields(text)
    #expect(rest.nextInteger() == number)
  }

  @Test(arguments: [
    ("plain ☁", "plain ☁"), ("a\tb\r\nc", "a b  c"), ("\u{1b}[31mred\u{7f}", "[31mred"),
    ("\u{9b}31m", "31m"), ("a\u{202e}b\u{2066}c\u{200b}d\u{feff}", "abcd"), ("\u{e0041}x", "x"),
    ("soft\u{ad}hyphen", "softhyphen"), ("a\u{3164}b\u{ffa0}c\u{115f}d\u{2800}e", "abcde"),
    ("a\u{fe0f}b\u{e0100}c\u{34f}d\u{17b4}e\u{180b}f\u{1d159}g", "abcdefg"),
    ("é\u{301} 日本 ا \u{1f600}", "é\u{301} 日本 ا \u{1f600}"),
  ])
  func `what a terminal obeys or hides is taken out`(text: String, shown: String) {
    #expect(DisplayText.sanitized(text) == shown)
  }

  @Test(arguments: [
    ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("äöü", 3, "äöü"), ("a\u{1b}bcd", 4, "abcd"),
  ])
  func `a text is cut after it was cleaned`(text: String, limit: Int, shown: String) {
    #expect(DisplayText.sanitized(text, limit: limit) == shown)
  }

  @Test(
    arguments: [
      ("3600", 3600), ("90s", 90), ("1h30m", 5400), ("1.5h", 5400), ("2d", 172_800), ("+1m", 60),
      ("999ms", 0), ("0", 0), ("36500d", 3_153_600_000),
    ] as [(String, Int64)])
  func `durations as atmos and Go write them`(text: String, seconds: Int64) {
    #expect(DurationText.seconds(text) == seconds)
  }

  @Test(arguments: ["", "h", "-1h", "1 h", "1x", "1..5h", "36501d", "1e3", "٣s"])
  func `what is not a duration`(text: String) {
    #expect(DurationText.seconds(text) == nil)
  }

  @Test(arguments: [("a", "a"), ("A/b", "%41%2fb"), (".x.y", "%2ex.y"), ("..", "%2e.")])
  func `names of files`(name: String, file: String) {
    #expect(FileName.encode(name) == file)
  }

  @Test func `a long name of a file is cut, and stays different from another`() {
    let names = ["a", "b"].map { FileName.encode(String(repeating: "x", count: 300) + $0) }
    #expect(names[0].utf8.count == FileName.limit && names[0] != names[1])
  }

  @Test(arguments: [
    ("", []), ("00ff", [0, 255]), ("aB9", nil), ("0g", nil), ("AbCd", [0xab, 0xcd]),
  ])
  func `bytes are read from digits of either case, two a byte`(digits: String, bytes: [UInt8]?) {
    #expect(Hex.bytes(of: Array(digits.utf8)[...]) == bytes)
  }
}
