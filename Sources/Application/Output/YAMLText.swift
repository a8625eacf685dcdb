import Core

/// YAML for people to keep: block style, words without quotes where no reader could take them for
/// anything else.
package enum YAMLText {
  /// A value.
  package indirect enum Value {
    case text(String)
    case flag(Bool)
    case map([(key: String, value: Value)])
    case list([Value])
  }

  /// The document, with a line break at its end.
  package static func document(_ members: [(key: String, value: Value)]) -> String {
    lines(.map(members), indent: 0).joined(separator: "\n") + "\n"
  }

  private static func lines(_ value: Value, indent: Int) -> [String] {
    let margin = String(repeating: " ", count: indent)
    switch value {
    case .text, .flag: return [margin + scalar(value)]
    case .map(let members):
      return members.flatMap { key, value in
        isNested(value)
          ? ["\(margin)\(quoted(key)):"] + lines(value, indent: indent + 2)
          : ["\(margin)\(quoted(key)): \(scalar(value))"]
      }
    case .list(let elements):
      return elements.flatMap { element in
        var inner = lines(element, indent: indent + 2)
        if let first = inner.first { inner[0] = "\(margin)- \(first.dropFirst(indent + 2))" }
        return inner
      }
    }
  }

  private static func isNested(_ value: Value) -> Bool {
    switch value {
    case .text, .flag: false
    case .map(let members): !members.isEmpty
    case .list(let elements): !elements.isEmpty
    }
  }

  private static func scalar(_ value: Value) -> String {
    switch value {
    case .text(let text): quoted(text)
    case .flag(let flag): flag ? "true" : "false"
    case .map: "{}"
    case .list: "[]"
    }
  }

  /// A text, in double quotes unless it begins with a letter, is not a word with a meaning, and has
  /// nothing in it that means something.
  package static func quoted(_ text: String) -> String {
    let reserved = [
      "y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "none",
    ]
    let isPlain =
      text.utf8.first.map { (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) } == true
      && text.utf8.last != UInt8(ascii: ":") && !reserved.contains(text.lowercased())
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
          UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"),
          UInt8(ascii: "+"):
          true
        default: false
        }
      }
    return isPlain ? text : JSONText.string(text)
  }
}
