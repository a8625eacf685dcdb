internal import Core
internal import Model

/// Decides what of a definition may be shown or written down.
public enum Masking {
  /// What stands instead of a secret that is written in a file; the word is atmos'.
  static let mask = "***REDACTED***"

  /// Whether a value came from a variable whose name says that it is secret.
  static func isSensitive(_ node: ConfigNode) -> Bool {
    guard let expression = node.expression, expression.hasPrefix("!env ") else { return false }
    return isSensitive(String(expression.dropFirst(5)))
  }

  /// Whether a value under this key, or in a variable of this name, is probably secret.
  ///
  /// The kinds say which of their fields are; this is for what no kind knows: variables, unknown
  /// keys, and keys of other tools.
  public static func isSensitive(_ key: String) -> Bool {
    let key = Array(key.lowercased().utf8)
    if harmlessEndings.contains(where: { key.suffix($0.count).elementsEqual($0) }) { return false }
    return sensitiveWords.contains { holds(key, $0) }
      || key.suffix(privateEnding.count).elementsEqual(privateEnding)
  }

  /// `token_file_path` and `password_env` name the place of a secret; `restic_password_command` is a
  /// command, which people have to see before they allow it.
  private static let harmlessEndings = [
    "_path", "_env", "_url", "_uri", "_variable", "_type", "_file", "_arn", "_command", "_cmd",
  ].map { Array($0.utf8) }

  private static let sensitiveWords = [
    "secret", "token", "passw", "private_key", "privatekey", "access_key", "api_key", "apikey",
    "credential",
  ].map { Array($0.utf8) }

  private static let privateEnding = Array("private".utf8)

  /// Whether `word` is somewhere in `key`.
  ///
  /// `String.contains` prepares each search, which for a hundred thousand keys takes seconds.
  private static func holds(_ key: [UInt8], _ word: [UInt8]) -> Bool {
    guard key.count >= word.count else { return false }
    return (0...(key.count - word.count)).contains { start in
      key[start] == word[0] && key[start..<start + word.count].elementsEqual(word)
    }
  }
}

/// A walk over the values of a definition, with what is secret about each.
struct ValueWalk {
  /// A value that holds no others.
  struct Leaf {
    /// The keys and positions that lead to it, with dots between: `principal.tags.0`.
    var name: String
    /// The value.
    var node: ConfigNode
    /// Whether it must not be shown.
    var isSecret: Bool

    /// Whether it is part of an identity's `env`.
    var isInEnvironment: Bool { name.hasPrefix("env.") }
  }

  private let schema: SchemaNode?

  /// Creates a walk; `schema` is the definition's kind's, if the kind is known.
  init(_ schema: SchemaNode?) {
    self.schema = schema
  }

  /// Calls `body` with each leaf in the order of the file.
  func visit(_ node: ConfigNode, _ body: (Leaf) -> Void) {
    visit(node, schema, "", false, body)
  }

  /// Calls `body` with each leaf of one of the definition's own keys.
  func visit(_ entry: ConfigNode.Entry, _ body: (Leaf) -> Void) {
    visit(entry, schema, "", false, body)
  }

  private func visit(
    _ node: ConfigNode, _ schema: SchemaNode?, _ name: String, _ isSecret: Bool,
    _ body: (Leaf) -> Void
  ) {
    switch node.content {
    case .null, .scalar:
      body(Leaf(name: name, node: node, isSecret: isSecret || Masking.isSensitive(node)))
    case .sequence(let elements):
      for (index, element) in elements.enumerated() {
        visit(element, nil, "\(name).\(index)", isSecret, body)
      }
    case .mapping(let entries):
      // In `env`, what a pair's value is depends on the name beside it.
      let pairName = name.hasPrefix("env.") ? node["key"]?.text : nil
      for entry in entries {
        let isPairSecret =
          pairName.map { ConfigNode.isSameKey(entry.key, "value") && Masking.isSensitive($0) }
          ?? false
        visit(entry, schema, name, isSecret || isPairSecret, body)
      }
    }
  }

  private func visit(
    _ entry: ConfigNode.Entry, _ schema: SchemaNode?, _ name: String, _ isSecret: Bool,
    _ body: (Leaf) -> Void
  ) {
    let child = schema?.child(entry.key)
    let isNamedSecret = child.map { $0.field?.isSecret ?? false } ?? Masking.isSensitive(entry.key)
    visit(
      entry.value, child, name.isEmpty ? entry.key : name + "." + entry.key,
      isSecret || isNamedSecret, body)
  }
}

/// Definitions as one line of JSON, without secrets.
struct MaskedJSON {
  private var bytes: [UInt8] = []

  /// The JSON text of a definition.
  static func text(of node: ConfigNode, schema: SchemaNode?) -> String {
    var writer = MaskedJSON()
    writer.write(node, schema, isSecret: false, pairName: nil, isEnvironment: false)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private mutating func write(
    _ node: ConfigNode, _ schema: SchemaNode?, isSecret: Bool, pairName: String?,
    isEnvironment: Bool
  ) {
    switch node.content {
    case .null:
      if let expression = node.expression {
        JSONText.append(expression, to: &bytes)
      } else {
        bytes += "null".utf8
      }
    case .scalar(let text, let isQuoted):
      if isSecret || node.isCommand || Masking.isSensitive(node) {
        JSONText.append(node.expression ?? Masking.mask, to: &bytes)
      } else if !isQuoted, text == "true" || text == "false" {
        bytes += text.utf8
      } else {
        JSONText.append(text, to: &bytes)
      }
    case .sequence(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        write(
          element, nil, isSecret: isSecret, pairName: isEnvironment ? element["key"]?.text : nil,
          isEnvironment: false)
      }
      bytes.append(UInt8(ascii: "]"))
    case .mapping(let entries):
      bytes.append(UInt8(ascii: "{"))
      for (index, entry) in entries.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        JSONText.append(entry.key, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        let child = schema?.child(entry.key)
        let isNamedSecret =
          child.map { $0.field?.isSecret ?? false } ?? Masking.isSensitive(entry.key)
        let isPairSecret =
          ConfigNode.isSameKey(entry.key, "value") && pairName.map(Masking.isSensitive) ?? false
        write(
          entry.value, child, isSecret: isSecret || isNamedSecret || isPairSecret, pairName: nil,
          isEnvironment: ConfigNode.isSameKey(entry.key, "env"))
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }
}
