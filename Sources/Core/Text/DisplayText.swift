/// Text of unknown origin on its way to a terminal.
public enum DisplayText {
  /// The text without anything that a terminal obeys or hides.
  ///
  /// That is: control and format characters, line separators, and all that Unicode says is to be
  /// ignored where a font does not know it (`Default_Ignorable_Code_Point`: zero-width characters,
  /// fillers, variation selectors, tags). Newlines and tabs become blanks.
  ///
  /// Ill-formed UTF-8 was replaced by U+FFFD when the `String` was made.
  public static func sanitized(_ text: some StringProtocol) -> String { sanitized(String(text)) }

  /// The same; not generic, since the hook has a budget of instructions.
  public static func sanitized(_ text: String) -> String {
    var text = text
    let isPlain = text.withUTF8 { bytes in
      for byte in bytes where byte < 0x20 || byte > 0x7e { return false }
      return true
    }
    if isPlain { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\t", "\n", "\r": result.append(" ")
      case _ where isHidden(scalar): continue
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// The sanitized text, cut to `limit` characters with `…` at the end if it was longer.
  public static func sanitized(_ text: some StringProtocol, limit: Int) -> String {
    let clean = sanitized(String(text))
    // No text has more characters than bytes, and bytes are counted at once.
    return clean.utf8.count <= limit || clean.count <= limit ? clean : "\(clean.prefix(limit - 1))…"
  }

  /// Whether a terminal obeys a character or shows nothing for it.
  public static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x20...0x7e: return false
    // The letters with accents of European languages, which need no look at a table.
    case 0xae...0x2ff: return false
    // A Braille pattern without dots and a musical symbol without ink: symbols to Unicode.
    case 0x2800, 0x1d159: return true
    default: break
    }
    let properties = scalar.properties
    if properties.isDefaultIgnorableCodePoint { return true }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: return true
    default: return false
    }
  }
}
