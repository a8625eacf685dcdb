internal import Core
internal import Model

/// Which variables an index depends on, and which of them are secret.
struct VariableUse {
  private let merged: MergedConfiguration
  private var open: Set<String> = []
  private var secret: Set<String> = []

  init(_ merged: MergedConfiguration, _ kinds: KindRegistry) {
    self.merged = merged
    // Nothing to walk through in the usual configuration.
    guard merged.hasTags else { return }
    let schemas = Schemas(kinds)
    note(merged.settings, nil)
    for table in [merged.providers, merged.identities, merged.integrations] {
      for entry in table.entries {
        let kind = kinds.kind(Definition(entry, table.section).kind, table.section)
        note(entry.node, kind.map(schemas.schema))
      }
    }
  }

  private mutating func note(_ node: ConfigNode, _ schema: SchemaNode?) {
    ValueWalk(schema).visit(node) { leaf in
      guard let expression = leaf.node.expression, expression.hasPrefix("!env ") else { return }
      let name = String(expression.dropFirst(5))
      if leaf.isSecret { secret.insert(name) } else { open.insert(name) }
    }
  }

  /// The variables by name.
  func variables() -> [IndexHead.Variable] {
    merged.variables.sorted { $0.key < $1.key }.map { name, value in
      let isSecret = !open.contains(name) && (secret.contains(name) || Masking.isSensitive(name))
      return IndexHead.Variable(
        name: name, hash: value.map { isSecret ? 0 : Hash.fnv1a($0.utf8) }, isSecret: isSecret)
    }
  }
}
