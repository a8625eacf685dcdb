import Terminal
import Testing

@Suite("Keys of a terminal in raw mode")
struct TerminalKeyTests {
  private func keys(_ bytes: String) -> [TerminalKey] {
    var decoder = TerminalKeys()
    return decoder.keys(Array(bytes.utf8)) + decoder.flush()
  }

  @Test(
    "Each sequence is its key",
    arguments: [
      ("\u{1B}[A", TerminalKey.up), ("\u{1B}OB", .down), ("\u{1B}[1;5A", .up),
      ("\u{1B}[H", .home), ("\u{1B}[1~", .home), ("\u{1B}[4~", .end), ("\u{1B}[5~", .pageUp),
      ("\u{1B}[6~", .pageDown), ("\u{1B}[Z", .backTab), ("\r", .enter), ("\n", .enter),
      ("\t", .tab), ("\u{7F}", .backspace), ("\u{08}", .backspace), ("\u{03}", .control("c")),
      ("\u{1B}", .escape), ("é", .text("é")), ("日", .text("日")),
    ])
  func each(bytes: String, key: TerminalKey) {
    #expect(keys(bytes) == [key])
  }

  @Test("What comes at once is one text")
  func runs() {
    #expect(keys("prod\u{1B}[Bx") == [.text("prod"), .down, .text("x")])
  }

  @Test("Sequences that are cut in two are put together")
  func pieces() {
    var decoder = TerminalKeys()
    #expect(decoder.keys([0x1B]) == [])
    #expect(decoder.isPending)
    #expect(decoder.keys([0x5B]) == [])
    #expect(decoder.keys([0x41]) == [.up])
    #expect(!decoder.isPending)
    #expect(decoder.keys([0xC3]) == [])
    #expect(decoder.keys([0xA9]) == [.text("é")])
  }

  @Test("What no key is, is nothing: unknown sequences, stray bytes, Alt with a letter")
  func noise() {
    #expect(keys("\u{1B}[999~\u{1B}[?25h\u{0}\u{1B}f") == [])
    var decoder = TerminalKeys()
    #expect(decoder.keys([0xFF, 0x80, 0xC3, 0x28]) == [.text("(")])
    #expect(decoder.keys([0x1B, 0x5B] + [UInt8](repeating: 0x30, count: 64)) == [])
    #expect(!decoder.isPending)
  }
}
