internal import Core
internal import Model

/// Says what using definitions would do, for `allow`.
///
/// It shows every value that reaches a cloud or a child, so that a changed role, address, region
/// or command asks again, and leaves out what only a list shows. Outputs of commands stand there as
/// they are written, and of a secret that is written in a file there is a keyed hash.
struct TrustTraits {
  private let key: TrustKey
  private let programs: ProgramFiles

  init(_ key: TrustKey, _ programs: ProgramFiles) {
    self.key = key
    self.programs = programs
  }

  private static let withoutEffect = ["default", "required", "alias", "tags", "provider"]

  /// The lines of one definition, sorted, so that moving keys around asks nothing.
  func lines(of entry: NamedNode, _ section: Kind.Section, schema: SchemaNode?) -> [String] {
    var lines: [String] = []
    let start = Array("\(section.rawValue) \(Self.escaped(entry.name)): ".utf8)
    for part in entry.node.entries {
      if Self.withoutEffect.contains(where: { ConfigNode.isSameKey($0, part.key) }) { continue }
      ValueWalk(schema).visit(part) { leaf in
        // `start name = value`, put together in place: there are tens of thousands of them.
        var line = start
        Self.append(leaf.name, to: &line)
        line += " = ".utf8
        Self.append(value(leaf), to: &line)
        lines.append(String(decoding: line, as: UTF8.self))
      }
    }
    for file in programs.lines(of: ProgramFiles.commands(in: entry.node)) {
      lines.append("\(section.rawValue) \(Self.escaped(entry.name)): \(Self.escaped(file))")
    }
    return lines.sorted()
  }

  /// The lines about where secrets and sessions are.
  func surroundings(realm: String, keyring: KeyringSettings) -> [String] {
    var lines = ["realm = \(Self.escaped(realm))"]
    if let type = keyring.type { lines.append("keyring.type = \(Self.escaped(type))") }
    if let path = keyring.path { lines.append("keyring.spec.path = \(Self.escaped(path))") }
    if let name = keyring.passwordEnvironment {
      lines.append("keyring.spec.password_env = \(Self.escaped(name))")
    }
    lines += keyring.commands.map { Self.escaped($0.expression) }
    lines += programs.lines(of: ProgramFiles.commands(of: keyring)).sorted()
      .map { "keyring.spec: \(Self.escaped($0))" }
    return lines
  }

  /// The fingerprint of lines: each with its length, so that no line can pass for two.
  static func fingerprint(_ lines: [String]) -> String {
    var bytes = Array("atmos-auth trust 1\n".utf8)
    for line in lines {
      bytes += "\(line.utf8.count):\(line)\n".utf8
    }
    return Hex.sha256(bytes)
  }

  private func value(_ leaf: ValueWalk.Leaf) -> String {
    if leaf.node.isCommand { return leaf.node.expression ?? "" }
    if leaf.isSecret {
      return leaf.node.expression ?? leaf.node.text.map { "(secret \(key.hash($0)))" } ?? ""
    }
    return leaf.node.text ?? leaf.node.expression ?? ""
  }

  static func escaped(_ text: String) -> String {
    var bytes: [UInt8] = []
    append(text, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the text on one line: a value cannot look like a further line.
  private static func append(_ text: String, to bytes: inout [UInt8]) {
    let start = bytes.count
    bytes += text.utf8
    let isPlain = bytes[start...].allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\\") }
    if isPlain { return }
    bytes.removeSubrange(start...)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): bytes += "\\\\".utf8
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case 0..<0x20: bytes += "\\x\(Hex.lowercase([byte]))".utf8
      default: bytes.append(byte)
      }
    }
  }
}
