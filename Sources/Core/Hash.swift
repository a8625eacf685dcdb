/// Short fingerprints for noticing change.
///
/// They do not resist an attacker and decide nothing alone.
public enum Hash {
  /// FNV-1a, 64 bits.
  ///
  /// Source: RFC 9923, section 2.
  @inlinable
  public static func fnv1a(
    _ bytes: some Sequence<UInt8>, from seed: UInt64 = 0xcbf2_9ce4_8422_2325
  ) -> UInt64 {
    var hash = seed
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return hash
  }

  /// FNV-1a, 64 bits, of a text's UTF-8.
  public static func fnv1a(_ text: String, from seed: UInt64 = 0xcbf2_9ce4_8422_2325) -> UInt64 {
    var text = text
    return text.withUTF8 { fnv1a($0, from: seed) }
  }

  /// Sixteen hexadecimal digits, lower case.
  public static func hex(_ value: UInt64) -> String {
    String(unsafeUninitializedCapacity: 16) { buffer in
      for index in 0..<16 {
        buffer[index] = Hex.digit(UInt8(truncatingIfNeeded: value >> (60 - 4 * index)) & 15)
      }
      return 16
    }
  }

  /// Reads ``hex(_:)``; `nil` for anything but sixteen lower-case hexadecimal digits.
  public static func value(hex digits: ArraySlice<UInt8>) -> UInt64? {
    guard digits.count == 16 else { return nil }
    var value: UInt64 = 0
    for digit in digits {
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        value = value << 4 | UInt64(digit - UInt8(ascii: "0"))
      case UInt8(ascii: "a")...UInt8(ascii: "f"):
        value = value << 4 | UInt64(digit - UInt8(ascii: "a") + 10)
      default: return nil
      }
    }
    return value
  }
}
