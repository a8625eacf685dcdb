import Core
import Testing

@testable import Terminal

@Suite struct PastedTextTests {
  @Test func `line breaks count as nothing, and a pause after one is the end`() throws {
    var text = PastedText(limit: 100)
    #expect(try text.take(Array("abc\r\nde\u{1B}[f".utf8)) == nil)
    #expect(!text.hasLineEnd)
    #expect(try text.take(Array("\r".utf8)) == nil)
    #expect(text.hasLineEnd)
    #expect(text.secret.revealed() == "abcde[f")
  }

  @Test func `keys that edit, and keys that end`() throws {
    var text = PastedText(limit: 100)
    #expect(try text.take(Array("gone\u{15}ab\u{7F}c\u{04}".utf8))?.revealed() == "ac")
    var empty = PastedText(limit: 100)
    let left = #expect(throws: AuthError.self) { try empty.take([4]) }
    #expect(left?.code == .declined)
    let stopped = #expect(throws: AuthError.self) { try empty.take([UInt8(ascii: "a"), 3]) }
    #expect(stopped?.code == .interrupted)
  }

  @Test func `a text that is too long is refused`() {
    var text = PastedText(limit: 3)
    let error = #expect(throws: AuthError.self) { try text.take(Array("abcd".utf8)) }
    #expect(error?.code == .usage)
  }
}
