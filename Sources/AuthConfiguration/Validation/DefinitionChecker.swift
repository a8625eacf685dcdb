internal import Core
internal import Model

/// Finds what is wrong with single definitions.
///
/// One object, so that looking at thousands of them copies no configuration.
final class DefinitionChecker {
  let configuration: MergedConfiguration
  let kinds: KindRegistry
  private let schemas: Schemas

  init(
    _ configuration: MergedConfiguration, _ kinds: KindRegistry,
    suggestions: Suggestion.Allowance = Suggestion.Allowance()
  ) {
    self.configuration = configuration
    self.kinds = kinds
    schemas = Schemas(kinds, suggestions: suggestions)
  }

  /// Everything that is wrong with a definition by itself and with what it depends on directly.
  func faults(of entry: NamedNode, _ section: Kind.Section) -> [Diagnostic] {
    let definition = Definition(entry, section)
    let subject = Subject(section: section, name: entry.name)
    var faults = entry.faults + nameFaults(entry, subject, section)
    guard case .mapping(let entries) = entry.node.content, !entries.isEmpty else {
      return faults + [emptyFault(entry, subject)]
    }
    let kind = kinds.kind(definition.kind, section)
    if let kind {
      faults += fieldFaults(definition, kind, subject)
      faults += viaFaults(definition, kind.via, subject)
      if kind.isOurs, !entry.isExtension { faults.append(foreignFault(definition, subject)) }
    } else {
      faults += viaFaults(definition, .any, subject)
      if let node = definition.node["kind"], node.text == nil {
        faults.append(
          Diagnostic(
            .error, "\(subject): `kind` must be text", mark: node.mark, code: "wrong-type"))
      } else {
        faults.append(kindFault(definition, subject))
      }
    }
    if section == .identity { faults += environmentFaults(definition, subject) }
    return faults
  }

  // MARK: Names and kinds

  private func nameFaults(
    _ entry: NamedNode, _ subject: Subject, _ section: Kind.Section
  ) -> [Diagnostic] {
    if section == .identity, entry.name.utf8.count > 5, IdentityName.isShellSafe(entry.name) {
      return []
    }
    if entry.name.trimmed.isEmpty || DisplayText.sanitized(entry.name) != entry.name {
      return [
        Diagnostic(
          .error, "\(subject): the name is empty or has characters that cannot be shown",
          mark: entry.mark, suggestion: "use letters, digits and `._/@+:-`", code: "bad-name")
      ]
    }
    guard section == .identity else { return [] }
    // The longest such word is `false`.
    if entry.name.utf8.count <= 5, IdentityName.isOff(entry.name) {
      return [
        Diagnostic(
          .warning, "\(subject) cannot be chosen: the word means that no identity is to be active",
          mark: entry.mark, suggestion: "give it another name", code: "bad-name")
      ]
    }
    if !IdentityName.isShellSafe(entry.name) {
      return [
        Diagnostic(
          .warning, "\(subject) cannot be chosen in a shell or by a directory, because of its name",
          mark: entry.mark,
          suggestion: "use at most \(IdentityName.limit) letters, digits and `._/@+: -`, and begin "
            + "with a letter or digit", code: "bad-name")
      ]
    }
    return []
  }

  private func emptyFault(_ entry: NamedNode, _ subject: Subject) -> Diagnostic {
    switch entry.node.content {
    case .null, .mapping:
      let profiles = configuration.availableProfiles
      return Diagnostic(
        .error, "\(subject) is not configured: there is nothing in it", mark: entry.mark,
        suggestion: profiles.isEmpty || !configuration.profiles.isEmpty
          ? "it needs a `kind:` at least"
          : "is it in a profile? there are \(Self.list(profiles)); use `--profile`",
        code: "missing-kind")
    case .scalar, .sequence:
      return Diagnostic(
        .error, "\(subject) must be a map", mark: entry.node.mark,
        suggestion: "with `kind:` in it", code: "wrong-type")
    }
  }

  private func kindFault(_ definition: Definition, _ subject: Subject) -> Diagnostic {
    let section = definition.section
    guard !definition.kind.isEmpty, let node = definition.node["kind"] else {
      let profiles = configuration.availableProfiles
      return Diagnostic(
        .error, "\(subject) has no `kind`", mark: definition.mark,
        suggestion: profiles.isEmpty || !configuration.profiles.isEmpty
          ? "\(section.rawValue) kinds are \(Self.list(kinds.names(section)))"
          : "did you forget a profile? there are \(Self.list(profiles)); use `--profile`",
        code: "missing-kind")
    }
    let shown = DisplayText.sanitized(definition.kind, limit: 80)
    var suggestion: String?
    for other in [Kind.Section.provider, .identity, .integration] where other != section {
      guard kinds.kind(definition.kind, other) != nil else { continue }
      let section = other == .identity ? "identities" : "\(other.rawValue)s"
      suggestion = "it is a kind of \(other.rawValue): put it in `auth.\(section)`"
    }
    let candidates = kinds.names(section)
    if suggestion == nil, candidates.contains(definition.kind.lowercased()) {
      suggestion = "write `\(definition.kind.lowercased())`"
    }
    suggestion =
      suggestion
      ?? Suggestion.didYouMean(definition.kind, among: candidates, within: schemas.allowance)
    let ending = candidates.filter { $0.hasSuffix("/\(definition.kind.lowercased())") }
    if suggestion == nil, ending.count == 1 { suggestion = "did you mean `\(ending[0])`?" }
    return Diagnostic(
      .error, "\(subject): unknown kind `\(shown)`", mark: node.mark,
      suggestion: suggestion ?? "\(section.rawValue) kinds are \(Self.list(candidates))",
      code: "unknown-kind")
  }

  private func foreignFault(_ definition: Definition, _ subject: Subject) -> Diagnostic {
    let section = definition.section == .provider ? "providers" : "identities"
    return Diagnostic(
      .warning, "\(subject): atmos does not know kind `\(definition.kind)`, and refuses the file",
      mark: definition.node["kind"]?.mark ?? definition.mark,
      suggestion: "put it in `auth.extensions.\(section)`, which atmos ignores",
      code: "foreign-kind")
  }

  // MARK: Fields

  private func fieldFaults(
    _ definition: Definition, _ kind: Kind, _ subject: Subject
  ) -> [Diagnostic] {
    let schema = schemas.schema(of: kind)
    var faults = schema.faults(
      in: definition.node, subject: subject, suggestions: schemas.allowance
    ) { [schemas] path in
      schemas.isKnownElsewhere(path, kind.section)
        ? "kind `\(kind.name)` does not read `\(path.joined(separator: "."))`" : nil
    }
    for field in schema.required where !isOptional(field, definition) {
      if let fault = missing(field, definition, subject) { faults.append(fault) }
    }
    // A check that looks at values cannot say anything about one that is not known yet.
    let hasCommands = configuration.hasTags && definition.node.hasCommands
    if !hasCommands { faults += kind.check(definition) }
    return faults
  }

  private func missing(
    _ field: Field, _ definition: Definition, _ subject: Subject
  ) -> Diagnostic? {
    var node = definition.node
    var mark = definition.mark
    for key in field.path {
      guard let entry = node.entries.last(where: { ConfigNode.isSameKey($0.key, key) }) else {
        return Diagnostic(
          .error, "\(subject): `\(field.path.joined(separator: "."))` is missing", mark: mark,
          suggestion: example(of: field), code: "missing-field")
      }
      node = entry.value
      mark = entry.mark
    }
    let isEmpty = node.isNull || node.text.map { $0.trimmed.isEmpty } ?? false
    guard isEmpty else { return nil }
    let name = field.path.joined(separator: ".")
    if let expression = node.expression, expression.hasPrefix("!env ") {
      return Diagnostic(
        .error,
        "\(subject): `\(name)` is empty: the variable of `\(expression)` is not set",
        mark: node.mark, suggestion: "set it, or write a default after its name",
        code: "missing-field")
    }
    // A tag that failed said so already.
    if node.expression != nil { return nil }
    return Diagnostic(
      .error, "\(subject): `\(name)` is empty", mark: mark, suggestion: example(of: field),
      code: "missing-field")
  }

  private func example(of field: Field) -> String {
    let key = field.path.last ?? ""
    return switch field.type {
    case .arn(let service, let resource):
      "add `\(key): arn:aws:\(service)::123456789012:\(resource.map { "\($0)/" } ?? "")NAME`"
    case .accountID: "add `\(key): \"123456789012\"`"
    case .region: "add `\(key): eu-west-1`, or where you work"
    case .url: "add `\(key): https://…`"
    default: "add `\(field.path.joined(separator: "."))`"
    }
  }

  /// The names for a message; of more than 40 the first ones.
  static func list(_ names: [String]) -> String {
    names.prefix(40).map { "`\(DisplayText.sanitized($0, limit: 60))`" }.joined(separator: ", ")
      + (names.count > 40 ? " and \(names.count - 40) others" : "")
  }
}

extension DefinitionChecker {
  // MARK: via

  private func viaFaults(
    _ definition: Definition, _ rule: Kind.Via, _ subject: Subject
  ) -> [Diagnostic] {
    let via = definition.node["via"]
    if let via, via.entries.isEmpty, !via.isCommand {
      return [
        Diagnostic(
          .error, "\(subject): `via` must be a map", mark: via.mark,
          suggestion: "with `provider:` or `identity:` in it", code: "wrong-type")
      ]
    }
    let provider = definition.node["via", "provider"]
    let identity = definition.node["via", "identity"]
    if rule == .forbidden, let via {
      return [
        Diagnostic(
          .warning, "\(subject): `via` is not used; kind `\(definition.kind)` starts a chain",
          mark: via.mark, suggestion: "take it out", code: "unused-via")
      ]
    }
    var faults: [Diagnostic] = []
    if let provider, let identity {
      faults.append(
        Diagnostic(
          .error, "\(subject): `via` has a provider and an identity",
          mark: max(provider.mark, identity.mark), suggestion: "keep one of the two",
          code: "both-via"))
    }
    if provider == nil, identity == nil, rule == .required || rule == .providerRequired {
      faults.append(missingVia(definition, rule, subject))
    }
    if let identity, provider == nil, rule == .providerRequired {
      faults.append(
        Diagnostic(
          .error, "\(subject): kind `\(definition.kind)` needs a provider, not an identity",
          mark: identity.mark, suggestion: "write `via: { provider: NAME }`", code: "wrong-via"))
    }
    if let provider {
      faults += targetFaults(provider, .provider, subject)
      faults += handoverFaults(definition, provider, .provider, subject)
    } else if let identity {
      faults += handoverFaults(definition, identity, .identity, subject)
    }
    if let identity { faults += targetFaults(identity, .identity, subject) }
    return faults
  }

  private func missingVia(
    _ definition: Definition, _ rule: Kind.Via, _ subject: Subject
  ) -> Diagnostic {
    let providers = configuration.providers.entries.map(\.name)
    let suggestion =
      rule == .providerRequired
      ? "add `via: { provider: NAME }`" : "add `via: { identity: NAME }` or `{ provider: NAME }`"
    return Diagnostic(
      .error,
      "\(subject) has no `via`: kind `\(definition.kind)` needs a provider or identity in `via`",
      mark: definition.mark,
      suggestion: (1...8).contains(providers.count)
        ? "\(suggestion); providers are \(Self.list(providers))" : suggestion,
      code: "missing-via")
  }

  private func targetFaults(
    _ node: ConfigNode, _ section: Kind.Section, _ subject: Subject
  ) -> [Diagnostic] {
    if node.isCommand {
      return [
        Diagnostic(
          .error, "\(subject): `via.\(section.rawValue)` cannot come from `!exec`", mark: node.mark,
          suggestion: "chains are known before anything runs; use `!env`", code: "bad-tag")
      ]
    }
    guard let name = node.text?.trimmed, !name.isEmpty else {
      return [
        Diagnostic(
          .error, "\(subject): `via.\(section.rawValue)` must be a name", mark: node.mark,
          code: "wrong-type")
      ]
    }
    let table = section == .provider ? configuration.providers : configuration.identities
    if table[name] != nil { return [] }
    if section == .identity, configuration.aliases[name.lowercased()] != nil { return [] }
    let shown = DisplayText.sanitized(name, limit: 80)
    let other = section == .provider ? configuration.identities : configuration.providers
    let suggestion =
      other[name] != nil
      ? "`\(shown)` is \(section == .provider ? "an identity" : "a provider"): write "
        + "`via: { \(other.section.rawValue): \(shown) }`"
      : schemas.suggestion(for: name, in: table)
        ?? (configuration.availableProfiles.isEmpty || !configuration.profiles.isEmpty
          ? nil : "is it in a profile? there are \(Self.list(configuration.availableProfiles))")
    return [
      Diagnostic(
        .error, "\(subject): \(section.rawValue) `\(shown)` is not defined", mark: node.mark,
        suggestion: suggestion, code: "unknown-via")
    ]
  }

  // MARK: env

  /// `env` is a list of `key` and `value`, as atmos has it.
  private func environmentFaults(_ definition: Definition, _ subject: Subject) -> [Diagnostic] {
    guard let node = definition.node["env"] else { return [] }
    guard case .sequence(let pairs) = node.content else {
      return [
        Diagnostic(
          .error, "\(subject): `env` must be a list", mark: node.mark,
          suggestion: "of items such as `- { key: AWS_PAGER, value: less }`", code: "wrong-type")
      ]
    }
    var faults: [Diagnostic] = []
    func report(
      _ what: String, _ mark: SourceMark, _ severity: Diagnostic.Severity = .error
    ) {
      faults.append(
        Diagnostic(severity, "\(subject): \(what)", mark: mark, code: "bad-environment"))
    }
    for pair in pairs {
      guard let key = pair["key"]?.text else {
        report("an item of `env` has no `key`", pair.mark)
        continue
      }
      let shown = DisplayText.sanitized(key, limit: 80)
      if !FieldCheck.isVariableName(key) {
        report("`\(shown)` cannot name a variable", pair["key"]?.mark ?? pair.mark)
      }
      if FieldCheck.isOurVariable(key) {
        report(
          "`\(shown)` decides how atmos-auth works, so no identity sets it",
          pair["key"]?.mark ?? pair.mark)
      }
      guard let value = pair.entries.last(where: { ConfigNode.isSameKey($0.key, "value") })?.value
      else {
        report("`\(shown)` in `env` has no `value`", pair.mark)
        continue
      }
      switch value.content {
      case .null: break
      case .scalar(let text, _):
        if text.utf8.contains(0) {
          report("the value of `\(shown)` has a NUL in it", value.mark)
        }
      case .sequence, .mapping: report("the value of `\(shown)` must be text", value.mark)
      }
      for entry in pair.entries where !["key", "value"].contains(entry.key.lowercased()) {
        report("unknown key `\(DisplayText.sanitized(entry.key))` in `env`", entry.mark, .warning)
      }
    }
    return faults
  }
}

extension Definition {
  init(_ entry: NamedNode, _ section: Kind.Section) {
    self.init(
      name: entry.name, section: section, kind: entry.node["kind"]?.text?.trimmed ?? "",
      node: entry.node, mark: entry.mark)
  }
}

extension ConfigNode {
  /// Whether any value below is the output of a command.
  var hasCommands: Bool {
    if isCommand { return true }
    return switch content {
    case .null, .scalar: false
    case .sequence(let elements): elements.contains { $0.hasCommands }
    case .mapping(let entries): entries.contains { $0.value.hasCommands }
    }
  }
}

/// The later of two places in one file.
private func max(_ left: SourceMark, _ right: SourceMark) -> SourceMark {
  (left.line, left.column) < (right.line, right.column) ? right : left
}
