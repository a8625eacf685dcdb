/// Base32, in which seeds of one-time codes are shown to people.
///
/// Source: RFC 4648, section 6.
enum Base32 {
  /// Why a text is not base32; says where, never what is there.
  enum Fault: Error, Equatable {
    /// A character that base32 does not have, the first being number 1; blanks are counted, too.
    case character(Int)
    /// No number of bytes gives so many characters.
    case length
  }

  /// The text without padding, as authenticator apps want it.
  static func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 8 + 4) / 5)
    var buffer: UInt32 = 0
    var bits = 0
    for byte in bytes {
      buffer = buffer << 8 | UInt32(byte)
      bits += 8
      while bits >= 5 {
        bits -= 5
        text.append(digit(UInt8(buffer >> UInt32(bits) & 31)))
      }
    }
    if bits > 0 { text.append(digit(UInt8(buffer << UInt32(5 - bits) & 31))) }
    return text
  }

  /// Decodes as people write it: in either case, in groups with blanks or hyphens, with or without
  /// padding.
  ///
  /// Bits left over are not looked at: some services fill them with something.
  static func decode(_ text: some Collection<UInt8>) throws(Fault) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count * 5 / 8)
    var buffer: UInt32 = 0
    var bits = 0
    var digits = 0
    for (index, character) in text.enumerated() where !isFiller(character) {
      guard let value = value(character) else { throw .character(index + 1) }
      digits += 1
      buffer = buffer << 5 | UInt32(value)
      bits += 5
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
      }
    }
    guard [0, 2, 4, 5, 7].contains(digits % 8) else { throw .length }
    return bytes
  }

  private static func isFiller(_ character: UInt8) -> Bool {
    switch character {
    case UInt8(ascii: " "), 0x09, 0x0A, 0x0D, UInt8(ascii: "-"), UInt8(ascii: "="): true
    default: false
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 {
    value < 26 ? UInt8(ascii: "A") + value : UInt8(ascii: "2") + (value - 26)
  }

  private static func value(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a")
    case UInt8(ascii: "2")...UInt8(ascii: "7"): character - UInt8(ascii: "2") + 26
    default: nil
    }
  }
}
