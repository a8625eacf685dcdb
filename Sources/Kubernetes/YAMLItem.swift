import Core

/// An entry of a kubeconfig's list, as kubectl writes it: its content, and then its name.
struct YAMLItem {
  /// A value.
  indirect enum Value {
    case text(String)
    case flag(Bool)
    case list([Value])
    case map([(key: String, value: Value)])
  }

  /// Its name.
  var name: String
  /// What its content is called: `cluster`, `context`, `user`.
  var key: String
  /// Its content.
  var content: [(key: String, value: Value)]

  /// The lines of the entry.
  func lines(indent: Int) -> [String] {
    let inner = Self.lines([
      (key: key, value: Value.map(content)), (key: "name", value: .text(name)),
    ])
    let margin = String(repeating: " ", count: indent)
    return inner.enumerated().map { "\(margin)\($0.offset == 0 ? "- " : "  ")\($0.element)" }
  }

  private static func lines(_ map: [(key: String, value: Value)]) -> [String] {
    map.flatMap { key, value -> [String] in
      switch value {
      case .text(let text): ["\(key): \(scalar(text))"]
      case .flag(let flag): ["\(key): \(flag)"]
      case .map(let entries): ["\(key):"] + lines(entries).map { "  \($0)" }
      case .list(let values): values.isEmpty ? ["\(key): []"] : ["\(key):"] + lines(values)
      }
    }
  }

  private static func lines(_ list: [Value]) -> [String] {
    list.flatMap { value -> [String] in
      switch value {
      case .text(let text): ["- \(scalar(text))"]
      case .flag(let flag): ["- \(flag)"]
      case .map(let entries):
        lines(entries).enumerated().map { "\($0.offset == 0 ? "- " : "  ")\($0.element)" }
      case .list(let values): ["-"] + lines(values).map { "  \($0)" }
      }
    }
  }

  /// A text as YAML: as it stands where no reader takes it for anything else, else in double quotes.
  static func scalar(_ text: String) -> String {
    let reserved = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf"]
    let isPlain =
      text.utf8.first.map { (0x41...0x5A).contains($0 & 0xDF) || $0 == UInt8(ascii: "/") } == true
      && text.utf8.last != UInt8(ascii: ":") && !reserved.contains(text.lowercased())
      && text.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
          || "._-/:@+=".utf8.contains(byte)
      }
    return isPlain ? text : JSONText.string(text)
  }
}
