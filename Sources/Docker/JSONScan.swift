import Core

/// Finds where the values of a JSON text are (RFC 8259).
struct JSONScan {
  /// A value and its place.
  struct Value {
    indirect enum Content {
      case object(Object)
      case string(String)
      /// A number, a list or a word.
      case other
    }

    var content: Content
    var range: Range<Int>
  }

  /// One key of an object.
  struct Member {
    var key: String
    /// Where the key's text begins.
    var start: Int
    var value: Value
  }

  /// An object, in its order.
  struct Object {
    var members: [Member]
    var range: Range<Int>

    /// The member called `key`.
    ///
    /// Docker reads its own keys in any case, so a section may be written in another one.
    func member(_ key: String) -> Member? {
      members.first { $0.key == key } ?? members.first { $0.key.lowercased() == key.lowercased() }
    }
  }

  /// Docker's own files have three levels.
  private static let depthLimit = 64

  private let bytes: [UInt8]
  private var index = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The object that the whole text is.
  mutating func document() throws(JSONEditor.Fault) -> Object {
    skipBlanks()
    guard peek == UInt8(ascii: "{") else { throw fault("does not begin with `{`") }
    let object = try object(depth: 1)
    skipBlanks()
    guard index == bytes.count else { throw fault("has text after its last `}`") }
    return object
  }

  private var peek: UInt8? { index < bytes.count ? bytes[index] : nil }

  private func fault(_ what: String) -> JSONEditor.Fault {
    JSONEditor.Fault(what: what, offset: index)
  }

  private mutating func skipBlanks() {
    while let byte = peek, byte == 0x20 || (0x09...0x0A).contains(byte) || byte == 0x0D {
      index += 1
    }
  }

  private mutating func object(depth: Int) throws(JSONEditor.Fault) -> Object {
    let start = index
    index += 1
    var members: [Member] = []
    var keys: Set<[UInt8]> = []
    skipBlanks()
    while peek != UInt8(ascii: "}") {
      if !members.isEmpty {
        try expect(UInt8(ascii: ","))
        skipBlanks()
      }
      let place = index
      guard peek == UInt8(ascii: "\"") else { throw fault("has a key that is not a string") }
      let key = try string()
      guard keys.insert(Array(key.utf8)).inserted else {
        index = place
        throw fault("has the key `\(DisplayText.sanitized(key, limit: 80))` twice")
      }
      skipBlanks()
      try expect(UInt8(ascii: ":"))
      skipBlanks()
      members.append(Member(key: key, start: place, value: try value(depth: depth + 1)))
      skipBlanks()
    }
    index += 1
    return Object(members: members, range: start..<index)
  }

  private mutating func value(depth: Int) throws(JSONEditor.Fault) -> Value {
    guard depth <= Self.depthLimit else { throw fault("is nested too deeply") }
    let start = index
    switch peek {
    case UInt8(ascii: "{"):
      let object = try object(depth: depth)
      return Value(content: .object(object), range: object.range)
    case UInt8(ascii: "\""):
      let text = try string()
      return Value(content: .string(text), range: start..<index)
    case UInt8(ascii: "["):
      index += 1
      skipBlanks()
      var isFirst = true
      while peek != UInt8(ascii: "]") {
        if !isFirst {
          try expect(UInt8(ascii: ","))
          skipBlanks()
        }
        isFirst = false
        _ = try value(depth: depth + 1)
        skipBlanks()
      }
      index += 1
    default:
      while let byte = peek, !" \t\r\n,]}".utf8.contains(byte) { index += 1 }
      guard Self.isPlain(bytes[start..<index]) else {
        index = start
        throw fault("has something that is not a value")
      }
    }
    return Value(content: .other, range: start..<index)
  }

  /// Whether bytes are a word or a number.
  private static func isPlain(_ bytes: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: bytes, as: UTF8.self)
    if ["true", "false", "null"].contains(text) { return true }
    guard let first = text.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first)
    else { return false }
    return text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) } && Double(text) != nil
  }

  private mutating func expect(_ byte: UInt8) throws(JSONEditor.Fault) {
    guard peek == byte else {
      throw fault(
        peek == nil ? "ends too early" : "lacks a `\(Character(Unicode.Scalar(byte)))`")
    }
    index += 1
  }

  private mutating func string() throws(JSONEditor.Fault) -> String {
    index += 1
    var text: [UInt8] = []
    while let byte = peek {
      index += 1
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<0x20: throw fault("has a control character in a string")
      default: text.append(byte)
      }
    }
    throw fault("ends within a string")
  }

  private mutating func escape() throws(JSONEditor.Fault) -> [UInt8] {
    guard let byte = peek else { throw fault("ends within a string") }
    index += 1
    switch byte {
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "u"):
      var unit = try codeUnit()
      if (0xD800..<0xDC00).contains(unit), peek == UInt8(ascii: "\\"), index + 1 < bytes.count,
        bytes[index + 1] == UInt8(ascii: "u")
      {
        index += 2
        let low = try codeUnit()
        if (0xDC00..<0xE000).contains(low) { unit = 0x10000 + (unit - 0xD800) << 10 + low - 0xDC00 }
      }
      return Array(String(Character(Unicode.Scalar(unit) ?? "\u{FFFD}")).utf8)
    default: throw fault("has an invalid escape")
    }
  }

  private mutating func codeUnit() throws(JSONEditor.Fault) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Hex.value(byte) else {
        throw fault("has an invalid escape")
      }
      unit = unit << 4 | UInt32(digit)
      index += 1
    }
    return unit
  }
}
