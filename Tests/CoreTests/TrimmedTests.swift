import Testing

@testable import Core

@Suite struct TrimmedTests {
  @Test(arguments: [
    ("", ""), (" ", ""), ("a", "a"), (" a ", "a"), ("\t a b\r\n", "a b"), ("é", "é"),
    ("é\u{a0}", "é"), ("\u{2003}x", "x"), ("\u{1b}x", "\u{1b}x"),
  ])
  func `white space around a text is taken off`(text: String, result: String) {
    #expect(text.trimmed == result)
    #expect(text[...].trimmed == result)
  }
}
