internal import Core
internal import Model

/// The fields of a kind as a tree of keys, made once for all the definitions of the kind.
final class SchemaNode {
  /// The keys below, in lower case.
  ///
  /// There are a dozen at most, which takes less time to compare than one takes to hash.
  private var children: [(key: String, node: SchemaNode)] = []
  /// What the value has to look like; `nil` for keys that only group others.
  private(set) var field: Field?
  /// The fields that must be there.
  private(set) var required: [Field] = []

  init(_ fields: [Field]) {
    for field in fields {
      var node = self
      for key in field.path {
        if let child = node.child(key) {
          node = child
        } else {
          let child = SchemaNode([])
          node.children.append((key, child))
          node = child
        }
      }
      node.field = field
      if field.isRequired { required.append(field) }
    }
  }

  /// The child for a key as it is written.
  func child(_ key: String) -> SchemaNode? {
    for index in children.indices where ConfigNode.isSameKey(children[index].key, key) {
      return children[index].node
    }
    return nil
  }

  private var keys: [String] { children.map(\.key).sorted() }

  /// Everything that is wrong with a value.
  ///
  /// Messages call the holder of the value `subject`, such as ``identity `dev` ``; `unknown` gives
  /// what is to be said about a key that is not in the schema, or `nil` for the usual warning.
  func faults(
    in node: ConfigNode, subject: Subject, suggestions: Suggestion.Allowance,
    unknown: ((_ path: [String]) -> String?)?
  ) -> [Diagnostic] {
    var faults: [Diagnostic] = []
    walk(node, [], subject, suggestions, unknown, &faults)
    return faults
  }

  private func walk(
    _ node: ConfigNode, _ path: [String], _ subject: Subject,
    _ suggestions: Suggestion.Allowance, _ unknown: ((_ path: [String]) -> String?)?,
    _ faults: inout [Diagnostic]
  ) {
    for entry in node.entries {
      guard let child = child(entry.key) else {
        // As in Docker's and others' files: keys for a person's own use.
        if entry.key.hasPrefix("x-") || entry.key.hasPrefix("_") { continue }
        let shown = DisplayText.sanitized((path + [entry.key]).joined(separator: "."), limit: 120)
        faults.append(
          Diagnostic(
            .warning, "\(subject): \(unknown?(path + [entry.key]) ?? "unknown key `\(shown)`")",
            mark: entry.mark,
            suggestion: Suggestion.didYouMean(entry.key, among: keys, within: suggestions),
            code: "unknown-key"))
        continue
      }
      if let field = child.field {
        if let fault = FieldCheck.fault(
          in: entry.value, field, subject: subject, suggestions)
        {
          faults.append(fault)
        }
        if child.children.isEmpty { continue }
      }
      guard !entry.value.isNull else { continue }
      guard case .mapping = entry.value.content else {
        if entry.value.isCommand || child.field != nil { continue }
        let name = (path + [entry.key]).joined(separator: ".")
        faults.append(
          Diagnostic(
            .error, "\(subject): `\(name)` must be a map", mark: entry.value.mark,
            suggestion: "with "
              + child.keys.map { "`\($0):`" }.joined(separator: ", ") + " in it",
            code: "wrong-type"))
        continue
      }
      child.walk(entry.value, path + [entry.key], subject, suggestions, unknown, &faults)
    }
  }
}

/// What messages call the holder of a value; the text is made only when there is something to say.
struct Subject: CustomStringConvertible {
  /// The section; `nil` for the settings.
  var section: Kind.Section?
  /// The name in the section.
  var name: String

  var description: String {
    guard let section else { return name }
    return "\(section.rawValue) `\(DisplayText.sanitized(name, limit: 80))`"
  }
}

/// The schemas of the kinds, made when they are first needed.
///
/// It lives in one thread, for the time of one check.
final class Schemas {
  private let kinds: KindRegistry
  private var schemas: [Kind.Section: [String: SchemaNode]] = [:]
  private var everything: [Kind.Section: SchemaNode] = [:]
  private var suggestions: [String: String?] = [:]
  /// What is left for suggestions.
  let allowance: Suggestion.Allowance

  init(
    _ kinds: KindRegistry, suggestions allowance: Suggestion.Allowance = Suggestion.Allowance()
  ) {
    self.kinds = kinds
    self.allowance = allowance
  }

  /// A kind's fields with those that every definition of its section has.
  func schema(of kind: Kind) -> SchemaNode {
    if let schema = schemas[kind.section]?[kind.name] { return schema }
    let schema = SchemaNode(CommonFields.of(kind.section) + kind.fields)
    schemas[kind.section, default: [:]][kind.name] = schema
    return schema
  }

  /// Whether any kind of a section has a field at `path`: then it is misplaced rather than unknown.
  func isKnownElsewhere(_ path: [String], _ section: Kind.Section) -> Bool {
    var node = everything[section]
    if node == nil {
      node = SchemaNode(kinds.names(section).flatMap { kinds.kind($0, section)?.fields ?? [] })
      everything[section] = node
    }
    for key in path { node = node?.child(key) }
    return node != nil
  }

  /// The suggestion for a name that is not in `table`; thousands of definitions may miss one name.
  func suggestion(for name: String, in table: DefinitionTable) -> String? {
    let key = "\(table.section.rawValue) \(name)"
    if let known = suggestions[key] { return known }
    let suggestion = Suggestion.didYouMean(
      name, among: table.entries.lazy.map(\.name), within: allowance)
    suggestions[key] = .some(suggestion)
    return suggestion
  }
}
