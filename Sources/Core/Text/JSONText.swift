/// JSON written by hand: members stay in the order they are given, which an encoder does not
/// promise, and nothing is looked up at run time, which the hot commands cannot afford.
public enum JSONText {
  /// A JSON string (RFC 8259 §7); what terminals obey or hide is escaped too.
  public static func string(_ text: String) -> String {
    if isPlain(text) { return "\"" + text + "\"" }
    var bytes: [UInt8] = []
    append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the text as ``string(_:)`` gives it.
  public static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    if isPlain(text) {
      bytes += text.utf8
    } else {
      for scalar in text.unicodeScalars { append(scalar, to: &bytes) }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func isPlain(_ text: String) -> Bool {
    // Contiguous bytes are four times as quick, and an index has hundreds of thousands of texts.
    text.utf8.withContiguousStorageIfAvailable(isPlain) ?? isPlain(Array(text.utf8))
  }

  private static func isPlain(_ bytes: some Collection<UInt8>) -> Bool {
    for byte in bytes {
      guard (0x20...0x7e).contains(byte), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\")
      else { return false }
    }
    return true
  }

  private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    switch scalar {
    case "\"": bytes += "\\\"".utf8
    case "\\": bytes += "\\\\".utf8
    case "\n": bytes += "\\n".utf8
    case "\t": bytes += "\\t".utf8
    case "\r": bytes += "\\r".utf8
    // Beyond four digits an escape takes two halves, which YAML, made from this, does not know.
    case _ where DisplayText.isHidden(scalar) && scalar.value <= 0xffff:
      bytes += "\\u".utf8
      for shift: UInt32 in [12, 8, 4, 0] {
        bytes.append(Hex.digit(UInt8(scalar.value >> shift & 15)))
      }
    default: bytes += Unicode.UTF8.encode(scalar).map(Array.init) ?? []
    }
  }

  /// An object on one line; values are JSON already.
  public static func object(_ members: [(String, String)]) -> String {
    "{" + members.map { string($0.0) + ":" + $0.1 }.text(joinedBy: ",") + "}"
  }

  /// An object on one line with more members at its end; what is not an object stays as it is.
  public static func adding(_ members: [(String, String)], to object: String) -> String {
    guard object.hasPrefix("{"), !members.isEmpty else { return object }
    let more = self.object(members)
    return object == "{}" ? more : "\(object.dropLast()),\(more.dropFirst())"
  }

  /// An array on one line; elements are JSON already.
  public static func array(_ elements: [String]) -> String {
    "[" + elements.joined(separator: ",") + "]"
  }

  /// Words as an array of strings, with a blank after each comma, as people write it.
  public static func words(_ words: [String]) -> String {
    "[" + words.map(string).joined(separator: ", ") + "]"
  }

  /// The same JSON on several lines, two blanks a level, as atmos prints it.
  public static func indented(_ json: String) -> String {
    var indenter = Indenter(json)
    return indenter.text()
  }

  /// Works on bytes: everything that JSON means outside of strings is ASCII.
  private struct Indenter {
    private let source: [UInt8]
    private var result: [UInt8] = []
    private var depth = 0

    init(_ json: String) {
      source = Array(json.utf8)
      result.reserveCapacity(source.count * 2)
    }

    mutating func text() -> String {
      var index = 0
      while index < source.count {
        let byte = source[index]
        switch byte {
        case UInt8(ascii: "\""):
          let end = endOfString(from: index)
          result += source[index..<end]
          index = end
          continue
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          result.append(byte)
          // The closing bracket's value is two after that of the opening one.
          if index + 1 < source.count, source[index + 1] == byte + 2 {
            result.append(byte + 2)
            index += 1
          } else {
            depth += 1
            breakLine()
          }
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          breakLine()
          result.append(byte)
        case UInt8(ascii: ","):
          result.append(byte)
          breakLine()
        case UInt8(ascii: ":"): result += ": ".utf8
        case UInt8(ascii: " "), UInt8(ascii: "\n"), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
        default: result.append(byte)
        }
        index += 1
      }
      result.append(UInt8(ascii: "\n"))
      return String(decoding: result, as: UTF8.self)
    }

    /// The place behind the quote that closes the string at `start`.
    private func endOfString(from start: Int) -> Int {
      var index = start + 1
      while index < source.count, source[index] != UInt8(ascii: "\"") {
        index += source[index] == UInt8(ascii: "\\") ? 2 : 1
      }
      return min(index + 1, source.count)
    }

    private mutating func breakLine() {
      result.append(UInt8(ascii: "\n"))
      for _ in 0..<depth * 2 { result.append(UInt8(ascii: " ")) }
    }
  }
}
