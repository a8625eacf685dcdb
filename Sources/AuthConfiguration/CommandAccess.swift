public import Core
internal import Model

/// How `!exec` is carried out: whom it is believed from, and what runs it.
public struct CommandAccess: Sendable {
  /// Whether the person trusts a file with running the commands in these expressions.
  public var isTrusted: @Sendable (_ file: String, _ expressions: [String]) -> Bool
  /// Runs a command line with `sh -c` in a directory and returns what it wrote to standard output.
  public var run: @Sendable (_ command: String, _ directory: String) throws(AuthError) -> String

  /// Creates an access.
  public init(
    isTrusted: @escaping @Sendable (_ file: String, _ expressions: [String]) -> Bool,
    run: @escaping @Sendable (_ command: String, _ directory: String) throws(AuthError) -> String
  ) {
    self.isTrusted = isTrusted
    self.run = run
  }

  /// Trusts nobody and runs nothing.
  public static let refused = CommandAccess(
    isTrusted: { _, _ in false },
    run: { _, _ throws(AuthError) in throw AuthError(.system, "commands are not run here") })
}

extension CommandAccess {
  /// Asks for every command of the definitions at once, so that a person is shown them all.
  ///
  /// They are those of `identity`; `nil` if they are a provider's.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` if any file is not trusted with its own.
  func check(_ entries: [NamedNode], for identity: String?) throws(AuthError) {
    var commands: [String: [String]] = [:]
    for entry in entries {
      collect(entry.node, &commands)
      guard let sources = entry.node["mfa", "sources"] else { continue }
      for (file, expression) in CodeSourceList(sources, subject: "").commands {
        commands[file, default: []].append(expression)
      }
    }
    var refused: [(file: String, expressions: [String])] = []
    for (file, expressions) in commands.sorted(by: { $0.key < $1.key })
    where !isTrusted(file, expressions) {
      refused.append((file, expressions))
    }
    guard let first = refused.first else { return }
    throw AuthError(
      .loginRequired,
      "\(DisplayText.sanitized(first.file)) is not trusted with running commands",
      hints: refused.flatMap(\.expressions)
        .map { "the command is `\(DisplayText.sanitized($0, limit: 200))`" }
        + [
          identity.map {
            "look at it, then run `"
              + ShellQuoting.typed(command: ["atmos-auth", "allow", "-i", $0]) + "`"
          } ?? "look at it, then run `atmos-auth allow -i NAME` for an identity that depends on it"
        ])
  }

  /// The definition with the outputs of its commands in their places; ``check(_:for:)`` comes before.
  func carryOut(_ entry: NamedNode) throws(AuthError) -> NamedNode {
    var entry = entry
    entry.node = try replaced(entry.node)
    return entry
  }

  private func collect(_ node: ConfigNode, _ commands: inout [String: [String]]) {
    if node.isCommand, let expression = node.expression {
      commands[node.mark.file, default: []].append(expression)
    }
    for element in node.elements { collect(element, &commands) }
    for entry in node.entries { collect(entry.value, &commands) }
  }

  private func replaced(_ node: ConfigNode) throws(AuthError) -> ConfigNode {
    var node = node
    if node.isCommand {
      node.content = try output(of: node)
      // It is known now, so it is checked like any value; where it came from is still shown.
      node.expression = node.expression.map { "output of \($0)" }
      return node
    }
    switch node.content {
    case .null, .scalar: break
    case .sequence(var elements):
      for index in elements.indices { elements[index] = try replaced(elements[index]) }
      node.content = .sequence(elements)
    case .mapping(var entries):
      for index in entries.indices { entries[index].value = try replaced(entries[index].value) }
      node.content = .mapping(entries)
    }
    return node
  }

  /// Maps and lists in JSON count as such, as in atmos; the line ends after a text do not count.
  private func output(of node: ConfigNode) throws(AuthError) -> ConfigNode.Content {
    let command = (node.expression ?? "").dropFirst("!exec".count).trimmed
    var output = try run(command, FileSystem.parent(of: node.mark.file))[...]
    while let last = output.unicodeScalars.last, last == "\n" || last == "\r" {
      output = Substring(output.unicodeScalars.dropLast())
    }
    if let first = output.first, first == "{" || first == "[" {
      let document = YAMLReader.read(Array(output.utf8), file: node.mark.file)
      if document.faults.isEmpty, !document.hasTags, document.root.text == nil {
        return document.root.content
      }
    }
    return .scalar(String(output), isQuoted: true)
  }
}
