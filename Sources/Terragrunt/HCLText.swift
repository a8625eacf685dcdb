/// The bytes of one file.
final class HCLFile {
  /// Its path, absolute and without links.
  let path: String
  let bytes: [UInt8]

  init(path: String, _ bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
  }

  /// The directory that it is in.
  var directory: String { Paths.parent(of: path) }

  /// Where a byte is.
  func place(_ index: Int) -> HCLPlace {
    HCLPlace(
      file: path,
      line: 1 + bytes[..<min(index, bytes.count)].lazy.filter { $0 == Byte.newline }.count)
  }
}

/// A part of a file: an expression as it is written.
struct HCLText {
  var file: HCLFile
  var range: Range<Int>

  var place: HCLPlace { file.place(range.lowerBound) }
}

/// Bytes that have a meaning in HCL.
enum Byte {
  static let newline = UInt8(ascii: "\n")
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let dollar = UInt8(ascii: "$")
  static let percent = UInt8(ascii: "%")
  static let openBrace = UInt8(ascii: "{")
  static let closeBrace = UInt8(ascii: "}")
  static let openBracket = UInt8(ascii: "[")
  static let closeBracket = UInt8(ascii: "]")
  static let openParenthesis = UInt8(ascii: "(")
  static let closeParenthesis = UInt8(ascii: ")")
  static let comma = UInt8(ascii: ",")
  static let equals = UInt8(ascii: "=")
  static let colon = UInt8(ascii: ":")
  static let dot = UInt8(ascii: ".")
  static let less = UInt8(ascii: "<")
  static let slash = UInt8(ascii: "/")
  static let star = UInt8(ascii: "*")
  static let hash = UInt8(ascii: "#")

  /// Whether a name can start with it.
  static func startsName(_ byte: UInt8) -> Bool {
    (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte) || byte == 0x5f || byte >= 0x80
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Whether a name can go on with it.
  static func continuesName(_ byte: UInt8) -> Bool {
    startsName(byte) || isDigit(byte) || byte == UInt8(ascii: "-")
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }
}
