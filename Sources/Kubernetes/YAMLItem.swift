import Core
import Model

/// An entry of a kubeconfig's list, as kubectl writes it: its content, and then its name.
struct YAMLItem {
  /// A value.
  indirect enum Value {
    case text(String)
    /// Text that stands as it was written.
    case plain(String)
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
    map.flatMap { name, value -> [String] in
      let key = scalar(name)
      return switch value {
      case .text(let text): ["\(key): \(scalar(text))"]
      case .plain(let text): ["\(key): \(text)"]
      case .flag(let flag): ["\(key): \(flag)"]
      case .map(let entries):
        entries.isEmpty ? ["\(key): {}"] : ["\(key):"] + lines(entries).map { "  \($0)" }
      case .list(let values): values.isEmpty ? ["\(key): []"] : ["\(key):"] + lines(values)
      }
    }
  }

  private static func lines(_ list: [Value]) -> [String] {
    list.flatMap { value -> [String] in
      switch value {
      case .text(let text): ["- \(scalar(text))"]
      case .plain(let text): ["- \(text)"]
      case .flag(let flag): ["- \(flag)"]
      case .map(let entries):
        entries.isEmpty
          ? ["- {}"]
          : lines(entries).enumerated().map { "\($0.offset == 0 ? "- " : "  ")\($0.element)" }
      case .list(let values) where values.isEmpty: ["- []"]
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

extension YAMLItem.Value {
  /// A value that a person wrote; `nil` for one with a tag.
  init?(_ node: ConfigNode) {
    guard node.expression == nil else { return nil }
    switch node.content {
    case .null: self = .plain("null")
    case .scalar(let text, let isQuoted):
      self = isQuoted || text.utf8.contains(UInt8(ascii: "\n")) ? .text(text) : .plain(text)
    case .sequence(let elements):
      let values = elements.compactMap(Self.init)
      guard values.count == elements.count else { return nil }
      self = .list(values)
    case .mapping(let entries):
      let values = entries.compactMap { entry in
        Self(entry.value).map { (key: entry.key, value: $0) }
      }
      guard values.count == entries.count else { return nil }
      self = .map(values)
    }
  }

  /// A map of ours over what stands there: keys of ours get our values, all others stay.
  ///
  /// - Parameters:
  ///   - ours: Our keys; one without a value is taken away.
  ///   - present: What stands there.
  /// - Returns: The map.
  static func map(
    _ ours: [(key: String, value: YAMLItem.Value?)], over present: ConfigNode?
  ) -> [(key: String, value: YAMLItem.Value)] {
    var result: [(key: String, value: YAMLItem.Value)] = []
    if let present, case .map(let entries) = Self(present) {
      result = entries.filter { entry in !ours.contains { $0.key == entry.key } }
    }
    // As kubectl writes them: sorted.
    for case (let key, let value?) in ours { result.append((key: key, value: value)) }
    return result.sorted { $0.key < $1.key }
  }
}
