/// The one place where text becomes part of shell code.
public enum ShellQuoting {
  /// A literal that `shell` reads back as `text`, whatever is in it.
  ///
  /// The literal has no line break for fish, whose command substitution would split there. A NUL,
  /// which no shell variable can hold, ends the text.
  public static func quote(_ text: some StringProtocol, for shell: ShellKind) -> String {
    var quoted: [UInt8] = []
    append(text.utf8, for: shell, to: &quoted)
    return String(decoding: quoted, as: UTF8.self)
  }

  /// Appends the literal for `text` to `code`.
  public static func append(
    _ text: some Sequence<UInt8>, for shell: ShellKind, to code: inout [UInt8]
  ) {
    let text = text.prefix { $0 != 0 }
    code.append(UInt8(ascii: "'"))
    switch shell {
    case .bash, .zsh, .posix:
      // Between single quotes everything stands for itself but the single quote.
      for byte in text {
        if byte == UInt8(ascii: "'") { code += #"'\'"#.utf8 }
        code.append(byte)
      }
    case .fish:
      // Between single quotes fish reads `\'` and `\\`; `\n` means a line break outside only.
      for byte in text {
        switch byte {
        case UInt8(ascii: "'"), UInt8(ascii: "\\"):
          code.append(UInt8(ascii: "\\"))
          code.append(byte)
        case UInt8(ascii: "\n"): code += #"'\n'"#.utf8
        default: code.append(byte)
        }
      }
    case .powershell:
      // PowerShell takes the four typographic single quotes for the plain one.
      for scalar in String(decoding: Array(text), as: UTF8.self).unicodeScalars {
        switch scalar {
        case "'", "\u{2018}", "\u{2019}", "\u{201a}", "\u{201b}": code += String(scalar).utf8
        default: break
        }
        code += String(scalar).utf8
      }
    }
    code.append(UInt8(ascii: "'"))
  }

  /// Whether every shell can have a variable of that name: `[A-Za-z_][A-Za-z0-9_]*`.
  public static func isVariableName(_ name: some StringProtocol) -> Bool {
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
