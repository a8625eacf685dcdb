import Testing

@testable import Core

@Suite struct ShellQuotingTests {
  private static let posix: [(String, String)] = [
    ("", "''"), ("a b", "'a b'"), ("it's", #"'it'\''s'"#), (#"a\"#, #"'a\'"#), ("a\nb", "'a\nb'"),
    ("$(id)`!\"", "'$(id)`!\"'"), ("☁ ", "'☁ '"), ("a\u{0}b", "'a'"),
  ]

  @Test(arguments: [ShellKind.bash, .zsh, .posix], posix)
  func `a literal of a POSIX shell`(shell: ShellKind, example: (text: String, literal: String)) {
    #expect(ShellQuoting.quote(example.text, for: shell) == example.literal)
  }

  @Test(arguments: [
    ("", "''"), ("it's", #"'it\'s'"#), (#"a\"#, #"'a\\'"#), ("a\nb", #"'a'\n'b'"#), ("$x", "'$x'"),
    ("\n", #"''\n''"#), ("a\u{0}b", "'a'"),
  ])
  func `a literal of fish, without a line break`(text: String, literal: String) {
    #expect(ShellQuoting.quote(text, for: .fish) == literal)
  }

  @Test(arguments: [
    ("", "''"), ("it's", "'it''s'"), ("a\\$x`", "'a\\$x`'"), ("‘x’", "'‘‘x’’'"), ("‚‛", "'‚‚‛‛'"),
    ("a\nb", "'a\nb'"),
  ])
  func `a literal of PowerShell`(text: String, literal: String) {
    #expect(ShellQuoting.quote(text, for: .powershell) == literal)
  }

  @Test(arguments: [
    ("dev", "dev"), ("a/b@c+d:e.f-g_h", "a/b@c+d:e.f-g_h"), ("", "''"), ("a b", "'a b'"),
    ("x;id", "'x;id'"), ("it's", #"'it'\''s'"#), ("~", "'~'"), ("ü", "'ü'"),
  ])
  func `a word as a person types it`(word: String, typed: String) {
    #expect(ShellQuoting.typed(word) == typed)
  }

  @Test func `a command to type has nothing that a terminal obeys`() {
    #expect(
      ShellQuoting.typed(command: ["atmos-auth", "-i", "a\u{1b}[2J b", "\u{202e}x"])
        == "atmos-auth -i 'a[2J b' x")
  }

  @Test(arguments: [
    ("A", true), ("_a1", true), ("", false), ("1A", false), ("A-B", false), ("A;id", false),
    ("Ä", false), ("A\n", false),
  ])
  func `names of variables`(name: String, isVariable: Bool) {
    #expect(ShellQuoting.isVariableName(name) == isVariable)
  }
}
