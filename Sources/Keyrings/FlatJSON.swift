/// A JSON object of scalars, as keyring files hold: read and written over bytes, so that the
/// secret in it does not pass through text or a decoder that keeps copies.
///
/// Nested values are checked for form and skipped. Source: RFC 8259.
struct FlatJSON {
  /// A member's value.
  enum Value: Equatable {
    /// Text: UTF-8, escapes undone.
    case string([UInt8])
    /// Anything else, as written: `8192`, `true`, `null`; nothing for nested values.
    case other([UInt8])
  }

  private(set) var members: [String: Value] = [:]

  /// Reads an object; `nil` if `bytes` are not one object and blanks.
  init?(_ bytes: [UInt8]) {
    var parser = Parser(bytes)
    guard let members = parser.document() else { return nil }
    self.members = members
  }

  /// The text of a member, or `nil` if it is missing or no text.
  subscript(text name: String) -> String? {
    bytes(of: name).flatMap { String(validating: $0, as: UTF8.self) }
  }

  /// The bytes of a member's text, or `nil` if it is missing or no text.
  func bytes(of name: String) -> [UInt8]? {
    if case .string(let bytes) = members[name] { bytes } else { nil }
  }

  /// A member that is a whole number, or `nil`.
  func integer(_ name: String) -> Int? {
    guard case .other(let bytes) = members[name] else { return nil }
    return Int(String(decoding: bytes, as: UTF8.self))
  }

  /// `text` as JSON, quotes included.
  static func quoted(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<0x20, 0x7f:
        let digits = Array("0123456789abcdef".utf8)
        bytes += "\\u00".utf8
        bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      default: bytes.append(byte)
      }
    }
    return bytes + [UInt8(ascii: "\"")]
  }
}

private struct Parser {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() -> [String: FlatJSON.Value]? {
    var members: [String: FlatJSON.Value] = [:]
    guard take("{") else { return nil }
    if !take("}") {
      repeat {
        skipBlanks()
        guard let name = string(), take(":"), let value = value(depth: 0) else { return nil }
        members[String(decoding: name, as: UTF8.self)] = value
      } while take(",")
      guard take("}") else { return nil }
    }
    skipBlanks()
    return position == bytes.count ? members : nil
  }

  private mutating func value(depth: Int) -> FlatJSON.Value? {
    skipBlanks()
    guard depth < 32, position < bytes.count else { return nil }
    if bytes[position] == UInt8(ascii: "\"") { return string().map { .string($0) } }
    if take("{") { return nested("}", isObject: true, depth: depth) }
    if take("[") { return nested("]", isObject: false, depth: depth) }
    let start = position
    while position < bytes.count, Self.isBare(bytes[position]) { position += 1 }
    return position > start ? .other(Array(bytes[start..<position])) : nil
  }

  private mutating func nested(
    _ end: Unicode.Scalar, isObject: Bool, depth: Int
  ) -> FlatJSON.Value? {
    if take(end) { return .other([]) }
    repeat {
      skipBlanks()
      if isObject {
        guard string() != nil, take(":") else { return nil }
      }
      guard value(depth: depth + 1) != nil else { return nil }
    } while take(",")
    return take(end) ? .other([]) : nil
  }

  private mutating func string() -> [UInt8]? {
    guard take("\"") else { return nil }
    var text: [UInt8] = []
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""): return text
      case UInt8(ascii: "\\"):
        guard let scalar = escape() else { return nil }
        text += scalar.utf8
      case 0..<0x20: return nil
      default: text.append(byte)
      }
    }
    return nil
  }

  private mutating func escape() -> Unicode.Scalar? {
    guard position < bytes.count else { return nil }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      guard let unit = codeUnit() else { return nil }
      guard 0xd800..<0xdc00 ~= unit else { return Unicode.Scalar(unit) }
      guard bytes[position...].starts(with: "\\u".utf8) else { return nil }
      position += 2
      guard let low = codeUnit(), 0xdc00..<0xe000 ~= low else { return nil }
      return Unicode.Scalar(0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00))
    default: return nil
    }
  }

  private mutating func codeUnit() -> UInt32? {
    guard position + 4 <= bytes.count else { return nil }
    let digits = String(decoding: bytes[position..<position + 4], as: UTF8.self)
    position += 4
    return digits.utf8.first == UInt8(ascii: "+") ? nil : UInt32(digits, radix: 16)
  }

  private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
    if scalar != "\"" { skipBlanks() }
    guard position < bytes.count, bytes[position] == UInt8(ascii: scalar) else { return false }
    position += 1
    return true
  }

  private mutating func skipBlanks() {
    while position < bytes.count, " \t\n\r".utf8.contains(bytes[position]) { position += 1 }
  }

  private static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }
}
