internal import Core
internal import Model

extension DefinitionChecker {
  /// What is wrong where one link gives something else than the next one needs.
  ///
  /// - Parameters:
  ///   - definition: The link that needs something.
  ///   - node: The name in its `via`.
  ///   - section: Where that name is defined.
  ///   - subject: What the definition is called.
  /// - Returns: The fault, if there is one.
  func handoverFaults(
    _ definition: Definition, _ node: ConfigNode, _ section: Kind.Section, _ subject: Subject
  ) -> [Diagnostic] {
    guard let kind = kinds.kind(definition.kind, .identity), let needed = kind.takes.first,
      let name = node.text?.trimmed, let entry = target(name, section),
      let before = kinds.kind(Definition(entry, section).kind, section), let given = before.gives,
      !kind.takes.contains(given)
    else { return [] }
    let shown = DisplayText.sanitized(name, limit: 80)
    let between = kinds.names { $0.takes.contains(given) && $0.gives == needed }
    let direct = kinds.names { $0.section == .identity && $0.takes.isEmpty && $0.gives == needed }
    var ways: [String] = []
    if !between.isEmpty {
      ways.append("an identity of kind \(Self.list(between)) stands between them")
    }
    if !direct.isEmpty {
      ways.append("\(needed.rawValue) are given by kind \(Self.list(direct))")
    }
    return [
      Diagnostic(
        .error,
        "\(subject): kind `\(kind.name)` needs "
          + Self.alternatives(kind.takes.map(\.rawValue)) + ", and \(section.rawValue) "
          + "`\(shown)` of kind `\(before.name)` gives \(given.rawValue)",
        mark: node.mark, suggestion: ways.isEmpty ? nil : ways.joined(separator: "; "),
        code: "wrong-via")
    ]
  }

  private static func alternatives(_ words: [String]) -> String {
    let last = words.last ?? ""
    return words.count < 2 ? last : words.dropLast().joined(separator: ", ") + " or \(last)"
  }

  /// Whether a required field may be missing, since the link before gives what makes it optional.
  func isOptional(_ field: Field, _ definition: Definition) -> Bool {
    guard let given = field.isOptionalAfter else { return false }
    let before: (name: String, section: Kind.Section)? =
      definition.viaProvider.map { ($0, .provider) }
      ?? definition.viaIdentity.map { ($0, .identity) }
    guard let before, let entry = target(before.name.trimmed, before.section) else { return false }
    return kinds.kind(Definition(entry, before.section).kind, before.section)?.gives == given
  }

  private func target(_ name: String, _ section: Kind.Section) -> NamedNode? {
    if section == .provider { return configuration.providers[name] }
    return configuration.identities[name]
      ?? configuration.aliases[name.lowercased()].flatMap { configuration.identities[$0] }
  }
}
