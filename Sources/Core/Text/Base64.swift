/// Base64 in both alphabets, over bytes, so that secrets do not pass through text.
///
/// Source: RFC 4648, sections 4 and 5.
public enum Base64 {
  /// The characters, and whether they are padded.
  public enum Alphabet: Sendable {
    /// `+` and `/`, padded with `=`: Go's `[]byte` in JSON.
    case standard
    /// `-` and `_`, never padded: JOSE.
    case url
  }

  /// Encodes.
  public static func encode(_ bytes: some Collection<UInt8>, _ alphabet: Alphabet) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var buffer: UInt32 = 0
    var bits = 0
    for byte in bytes {
      buffer = buffer << 8 | UInt32(byte)
      bits += 8
      while bits >= 6 {
        bits -= 6
        text.append(digit(UInt8(buffer >> UInt32(bits) & 63), alphabet))
      }
    }
    if bits > 0 { text.append(digit(UInt8(buffer << UInt32(6 - bits) & 63), alphabet)) }
    if alphabet == .standard {
      while text.count % 4 != 0 { text.append(UInt8(ascii: "=")) }
    }
    return text
  }

  /// Decodes; `nil` when a character, the padding or the length is wrong.
  public static func decode(_ text: some Collection<UInt8>, _ alphabet: Alphabet) -> [UInt8]? {
    var digits = text[...]
    if alphabet == .standard {
      guard text.count.isMultiple(of: 4) else { return nil }
      for _ in 0..<2 where digits.suffix(1).first == UInt8(ascii: "=") {
        digits = digits.dropLast()
      }
    }
    guard digits.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count * 3 / 4)
    var buffer: UInt32 = 0
    var bits = 0
    for character in digits {
      guard let value = value(character, alphabet) else { return nil }
      buffer = buffer << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
      }
    }
    // Bits left over must be zero, or two texts would stand for the same bytes.
    guard buffer & (1 << UInt32(bits) - 1) == 0 else { return nil }
    return bytes
  }

  private static func digit(_ value: UInt8, _ alphabet: Alphabet) -> UInt8 {
    switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + (value - 26)
    case 52..<62: UInt8(ascii: "0") + (value - 52)
    case 62: alphabet == .url ? UInt8(ascii: "-") : UInt8(ascii: "+")
    default: alphabet == .url ? UInt8(ascii: "_") : UInt8(ascii: "/")
    }
  }

  private static func value(_ character: UInt8, _ alphabet: Alphabet) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case digit(62, alphabet): 62
    case digit(63, alphabet): 63
    default: nil
    }
  }
}
