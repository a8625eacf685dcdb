import Core
import Testing

@testable import AWS
@testable import Application
@testable import Commands

@Suite struct AWSConfigTests {
  @Test(arguments: [
    (["/bin/x", "plain", "--a=b"], "/bin/x plain --a=b"),
    (["/my bin/x", ""], "/my' 'bin/x ''"),
    (["/a", "it's"], #"/a it"'"s"#),
    (["/a", "$(x) `y` \"z\""], #"/a '$('x') `'y'` "'z'"'"#),
  ])
  func `words are quoted for shells and for shlex`(words: [String], line: String) throws {
    #expect(try AWSProfile.joined(words) == line)
  }

  @Test(arguments: ["a\nb", "a\u{0}b", "a\u{7f}"])
  func `what no line can hold is refused`(word: String) {
    #expect(throws: AuthError.self) { try AWSProfile.joined(["/x", word]) }
  }

  @Test(arguments: [
    ("dev", ["[profile dev]"]), ("default", ["[default]"]), ("a/b@c+d:e", ["[profile a/b@c+d:e]"]),
    ("a b", ["[profile \"a b\"]", "[profile a b]"]), ("it's", [#"[profile it"'"s]"#]),
    ("a;b", ["[profile a';'b]"]), ("a b#c", ["[profile \"a b#c\"]"]),
  ])
  func `titles are those that botocore and the SDK for Go read`(name: String, titles: [String]) {
    let text = AWSProfile(name: name, command: "/x", region: "eu-west-1").text
    #expect(text.split(separator: "\n").filter { $0.hasPrefix("[") }.map(String.init) == titles)
    #expect(text.hasSuffix("region = eu-west-1\n"))
  }

  @Test(arguments: ["a[b", "a]b", " a", "a ", "", "a\nb", "a\u{202e}b"])
  func `names that would break the file are none`(name: String) {
    #expect(!AWSProfile.isName(name))
  }

  @Test func `a region with a line break does not get into the file`() {
    let text = AWSProfile(name: "a", command: "/x", region: "x\n[profile b]").text
    #expect(text == "[profile a]\ncredential_process = /x\n")
  }

  private func difference(_ old: String, _ new: String) -> [String] {
    UnifiedDiff(Array(old.utf8), Array(new.utf8), file: "f") { $0 == "a" ? "hidden" : $0 }.lines
  }

  @Test func `a difference is what diff -u says`() {
    let old = (1...20).map { "line \($0)\n" }.joined()
    let new = old.replacing("line 3\n", with: "").replacing("line 17\n", with: "line 17\nnew\n")
    let lines = difference(old, new)
    #expect(
      lines == [
        "--- f", "+++ f", "@@ -1,6 +1,5 @@", " line 1", " line 2", "-line 3", " line 4", " line 5",
        " line 6", "@@ -15,6 +14,7 @@", " line 15", " line 16", " line 17", "+new", " line 18",
        " line 19", " line 20",
      ])
  }

  @Test func `a difference tells of a missing newline and hides what it is told to`() {
    let lines = difference("a\nb", "a\nb\nc")
    #expect(
      lines == [
        "--- f", "+++ f", "@@ -1,2 +1,3 @@", " hidden", "-b", "\\ No newline at end of file", "+b",
        "+c", "\\ No newline at end of file",
      ])
    let same = difference("b", "b")
    #expect(same.isEmpty)
    let first = difference("", "b\n")
    #expect(first == ["--- f", "+++ f", "@@ -0,0 +1,1 @@", "+b"])
  }
}

@Suite struct YAMLTextTests {
  @Test(arguments: ["arn:aws:iam::123456789012:role/x", "eu-west-1", "a.b", "https://x/start"])
  func `words that mean nothing else stay`(text: String) {
    #expect(YAMLText.quoted(text) == text)
  }

  @Test(arguments: [
    "123456789012", "012345678901", "yes", "No", "null", "~", "1h", "", " a", "a b", "a: b", "a:",
    "#a", "- a", "!x", "*x", "&x", "1e3", "0x10", ".5", "größe", "a\"b", "2024-01-01", "nan", "@a",
  ])
  func `anything else stands in quotes`(text: String) {
    #expect(YAMLText.quoted(text) == JSONText.string(text))
  }

  @Test func `maps and lists`() {
    let text = YAMLText.document([
      ("a", .map([("b", .text("1")), ("c", .flag(true)), ("d", .map([]))])),
      ("e", .list([.map([("key", .text("K")), ("value", .text(""))]), .text("x")])),
      ("f g", .list([])),
    ])
    #expect(
      text == """
        a:
          b: "1"
          c: true
          d: {}
        e:
          - key: K
            value: ""
          - x
        "f g": []

        """)
  }
}
