/// Text of unknown origin on its way to a terminal.
public enum DisplayText {
  /// The text without anything that a terminal obeys or hides.
  ///
  /// That is: control characters of ASCII and Latin-1, DEL, bidirectional controls, zero-width
  /// characters, line separators, byte order marks and tags. Newlines and tabs become blanks.
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
  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x1f, 0x7f...0x9f: true
    // Soft hyphen, Arabic letter mark, Mongolian vowel separator.
    case 0xad, 0x61c, 0x180e: true
    // Zero-width characters and marks; line and paragraph separators, embeddings, overrides;
    // invisible operators and isolates.
    case 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f: true
    // Byte order mark, interlinear annotations, tags.
    case 0xfeff, 0xfff9...0xfffb, 0xe0000...0xe007f: true
    default: false
    }
  }
}
