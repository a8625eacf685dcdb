/// Percent-encoding, the way all our plain text files keep free text in a field.
public enum Percent {
  /// Appends `byte` as `%` and two lower-case hexadecimal digits.
  static func append(_ byte: UInt8, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "%"))
    bytes.append(Hex.digit(byte >> 4))
    bytes.append(Hex.digit(byte & 15))
  }

  /// Encodes everything but ASCII letters, digits and `._-/@+:`; the result has no blank, tab,
  /// newline, quote, `=`, `,` or `|`.
  public static func encode(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    for byte in text.utf8 {
      if isPlain(byte) { bytes.append(byte) } else { append(byte, to: &bytes) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Undoes ``encode(_:)``; `nil` when a `%` is not followed by two hexadecimal digits.
  public static func decode(_ bytes: some Collection<UInt8>) -> String? {
    // Nearly every field of a grant: the hook has a budget of instructions.
    if !bytes.contains(UInt8(ascii: "%")) { return String(decoding: bytes, as: UTF8.self) }
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var iterator = bytes.makeIterator()
    while let byte = iterator.next() {
      guard byte == UInt8(ascii: "%") else {
        decoded.append(byte)
        continue
      }
      guard let high = iterator.next().flatMap(Hex.value),
        let low = iterator.next().flatMap(Hex.value)
      else { return nil }
      decoded.append(high << 4 | low)
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "-"), UInt8(ascii: "/"), UInt8(ascii: "@"), UInt8(ascii: "+"),
      UInt8(ascii: ":"):
      true
    default: false
    }
  }
}
