#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// JSON of a form that is not known beforehand.
indirect enum JSONValue: Codable {
  case text(String)
  /// As it is written, without a fraction.
  case number(Int64)
  case fraction(Double)
  case flag(Bool)
  case object([String: JSONValue])
  case array([JSONValue])
  case null

  init(from decoder: any Decoder) throws {
    if let members = try? decoder.container(keyedBy: Key.self) {
      var object: [String: JSONValue] = [:]
      for key in members.allKeys {
        object[key.stringValue] = try members.decode(JSONValue.self, forKey: key)
      }
      self = .object(object)
    } else if var elements = try? decoder.unkeyedContainer() {
      var array: [JSONValue] = []
      while !elements.isAtEnd { array.append(try elements.decode(JSONValue.self)) }
      self = .array(array)
    } else {
      let value = try decoder.singleValueContainer()
      if let text = try? value.decode(String.self) {
        self = .text(text)
      } else if let flag = try? value.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? value.decode(Int64.self) {
        self = .number(number)
      } else if let number = try? value.decode(Double.self) {
        self = .fraction(number)
      } else {
        self = .null
      }
    }
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .object(let object):
      var members = encoder.container(keyedBy: Key.self)
      for (name, value) in object { try members.encode(value, forKey: Key(name)) }
    case .array(let array):
      var elements = encoder.unkeyedContainer()
      for value in array { try elements.encode(value) }
    case .text(let text): try Self.encode(text, encoder)
    case .number(let number): try Self.encode(number, encoder)
    case .fraction(let number): try Self.encode(number, encoder)
    case .flag(let flag): try Self.encode(flag, encoder)
    case .null:
      var value = encoder.singleValueContainer()
      try value.encodeNil()
    }
  }

  private static func encode(_ value: some Encodable, _ encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  /// Reads a text; `nil` if it is not JSON.
  static func read(_ bytes: [UInt8]) -> JSONValue? {
    try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
  }

  /// The text, members sorted by their names.
  var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Only numbers that are not finite cannot be written, and no text has those.
    return (try? encoder.encode(self)).map(Array.init) ?? []
  }

  /// The member of an object that has exactly this name.
  subscript(name: String) -> JSONValue? {
    if case .object(let object) = self { object[name] } else { nil }
  }

  /// The members of an object, by names in lower case without `_`, `-` and blanks.
  var members: [String: JSONValue] {
    guard case .object(let object) = self else { return [:] }
    return Dictionary(
      object.map { (Self.folded($0.key), $0.value) }, uniquingKeysWith: { first, _ in first })
  }

  /// A name as ``members`` has it.
  static func folded(_ name: String) -> String {
    name.lowercased().filter { !"_- ".contains($0) }
  }

  /// A text, or a whole number as text.
  var word: String? {
    switch self {
    case .text(let text): text
    case .number(let number): String(number)
    default: nil
    }
  }
}
