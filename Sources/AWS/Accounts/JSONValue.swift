#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// JSON of a form that is not known beforehand.
indirect enum JSONValue: Decodable {
  case text(String)
  /// As it is written, without a fraction.
  case number(Int64)
  case object([String: JSONValue])
  case array([JSONValue])
  /// True, false, null, and numbers with a fraction.
  case other

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
      } else if (try? value.decode(Bool.self)) == nil, let number = try? value.decode(Int64.self) {
        self = .number(number)
      } else {
        self = .other
      }
    }
  }

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  /// Reads a text; `nil` if it is not JSON.
  static func read(_ bytes: [UInt8]) -> JSONValue? {
    try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
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
