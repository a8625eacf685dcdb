/// The one place where text becomes part of shell code.
public enum ShellQuoting {
  /// A literal that `shell` reads back as `text`, whatever is in it.
  ///
  /// The literal has no line break for fish, whose command substitution would split there. A NUL,
  /// which no shell variable can hold, ends the text.
  public static func quote(_ text: some StringProtocol, for shell: ShellKind) -> String {
    var quoted: [UInt8] = []
    append(String(text), for: shell, to: &quoted)
    return String(decoding: quoted, as: UTF8.self)
  }

  /// Appends the literal for `text` to `code`.
  public static func append(_ text: String, for shell: ShellKind, to code: inout [UInt8]) {
    // Not generic, and over memory that lies in a row: the hook has a budget of instructions.
    var text = text
    text.withUTF8 { append($0, for: shell, to: &code) }
  }

  private static func append(
    _ text: UnsafeBufferPointer<UInt8>, for shell: ShellKind, to code: inout [UInt8]
  ) {
    code.append(UInt8(ascii: "'"))
    for byte in text {
      if byte == 0 { break }
      switch (shell, byte) {
      // Between single quotes everything stands for itself but the single quote.
      case (.bash, UInt8(ascii: "'")), (.zsh, UInt8(ascii: "'")), (.posix, UInt8(ascii: "'")):
        code += [UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "'")]
      // Between single quotes fish reads `\'` and `\\`; `\n` means a line break outside only.
      case (.fish, UInt8(ascii: "'")), (.fish, UInt8(ascii: "\\")):
        code.append(UInt8(ascii: "\\"))
        code.append(byte)
      case (.fish, UInt8(ascii: "\n")): code += Array(#"'\n'"#.utf8)
      case (.powershell, UInt8(ascii: "'")): code += [byte, byte]
      default: code.append(byte)
      }
      if shell == .powershell { doubleTypographicQuote(&code) }
    }
    code.append(UInt8(ascii: "'"))
  }

  // PowerShell takes U+2018 to U+201B for the plain single quote: E2 80 98 to E2 80 9B.
  private static func doubleTypographicQuote(_ code: inout [UInt8]) {
    let last = code.suffix(3)
    if last.elementsEqual([0xe2, 0x80, 0x98]) || last.elementsEqual([0xe2, 0x80, 0x99])
      || last.elementsEqual([0xe2, 0x80, 0x9a]) || last.elementsEqual([0xe2, 0x80, 0x9b])
    {
      code += Array(last)
    }
  }

  /// Whether every shell can have a variable of that name: `[A-Za-z_][A-Za-z0-9_]*`.
  public static func isVariableName(_ name: String) -> Bool {
    var isFirst = true
    for byte in name.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "_"):
        break
      case UInt8(ascii: "0")...UInt8(ascii: "9") where !isFirst: break
      default: return false
      }
      isFirst = false
    }
    return !isFirst
  }
}
