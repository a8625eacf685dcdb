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

  /// `word` as a person types it in a POSIX shell: quoted only if it has to be.
  public static func typed(_ word: String) -> String {
    let isPlain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || "-_./@+:".utf8.contains(byte)
    }
    return isPlain && !word.isEmpty ? word : quote(word, for: .posix)
  }

  /// A command line for a person to type in a POSIX shell, without anything that a terminal obeys.
  public static func typed(command words: [String]) -> String {
    words.map { typed(DisplayText.sanitized($0)) }.joined(separator: " ")
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
    let text = UnsafeBufferPointer(rebasing: text[..<(text.firstIndex(of: 0) ?? text.endIndex)])
    if shell == .powershell { return appendForPowerShell(text, to: &code) }
    code.append(UInt8(ascii: "'"))
    // What stands for itself is copied a run at a time.
    var start = 0
    for index in text.indices {
      let escaped: StaticString
      switch text[index] {
      // Between single quotes everything stands for itself but the single quote. Between single
      // quotes fish reads `\'` and `\\`; `\n` means a line break outside only.
      case UInt8(ascii: "'"): escaped = shell == .fish ? #"\'"# : #"'\''"#
      case UInt8(ascii: "\\") where shell == .fish: escaped = #"\\"#
      case UInt8(ascii: "\n") where shell == .fish: escaped = #"'\n'"#
      default: continue
      }
      code.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
      escaped.withUTF8Buffer { code.append(contentsOf: $0) }
      start = index + 1
    }
    code.append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    code.append(UInt8(ascii: "'"))
  }

  // PowerShell doubles the quote, and takes U+2018 to U+201B for one: E2 80 98 to E2 80 9B.
  private static func appendForPowerShell(
    _ text: UnsafeBufferPointer<UInt8>, to code: inout [UInt8]
  ) {
    code.append(UInt8(ascii: "'"))
    for (index, byte) in text.enumerated() {
      code.append(byte)
      if byte == UInt8(ascii: "'") { code.append(byte) }
      if 0x98...0x9b ~= byte, index >= 2, text[index - 2] == 0xe2, text[index - 1] == 0x80 {
        code += [0xe2, 0x80, byte]
      }
    }
    code.append(UInt8(ascii: "'"))
  }

  /// Whether every shell can have a variable of that name: `[A-Za-z_][A-Za-z0-9_]*`.
  public static func isVariableName(_ name: String) -> Bool {
    var name = name
    return name.withUTF8 { bytes in
      for index in bytes.indices {
        switch bytes[index] {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "_"):
          continue
        case UInt8(ascii: "0")...UInt8(ascii: "9") where index > 0: continue
        default: return false
        }
      }
      return !bytes.isEmpty
    }
  }
}
