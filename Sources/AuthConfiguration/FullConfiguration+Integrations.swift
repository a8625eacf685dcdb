public import Core
public import Model

/// An integration of the configuration, ready to be set up or taken back.
public struct LinkedIntegration: Sendable {
  /// Its name, original case.
  public var name: String
  /// What it does.
  public var integration: any Integration
  /// Whether a login sets it up: `spec.auto_provision`, which is true where nothing is said.
  public var isAutomatic: Bool

  /// Creates it from its parts.
  public init(name: String, integration: any Integration, isAutomatic: Bool) {
    self.name = name
    self.integration = integration
    self.isAutomatic = isAutomatic
  }
}

extension FullConfiguration {
  /// The names of the integrations whose `via` is a provider or identity, in the file's order.
  ///
  /// Those whose kind sets nothing up in this release are left out.
  public func integrations(
    of section: Kind.Section, _ name: String, kinds: KindRegistry
  ) -> [String] {
    merged.integrations(of: section, kinds)[name.lowercased(), default: []].map(\.name)
  }

  /// The integration called `name`.
  ///
  /// - Throws: ``AuthError`` with code
  ///   - `badConfiguration` if there is none, or its definition cannot work;
  ///   - `notSupported` if its kind comes with a later release;
  ///   - `loginRequired` if it needs commands from a file that is not trusted.
  public func integration(
    named name: String, kinds: KindRegistry, commands: CommandAccess
  ) throws(AuthError) -> LinkedIntegration {
    guard var entry = merged.integrations[name] else {
      throw AuthError(.badConfiguration, "integration not found: `\(name)`")
    }
    if entry.node.hasCommands {
      try commands.check([entry], for: nil)
      entry = try commands.carryOut(entry)
    }
    let definition = Definition(entry, .integration)
    guard let make = kinds.kind(definition.kind, .integration)?.makeIntegration else {
      throw AuthError(
        .notSupported,
        "integration `\(entry.name)`: kind `\(definition.kind)` is not supported yet")
    }
    return LinkedIntegration(
      name: entry.name, integration: try make(definition),
      isAutomatic: definition.node["spec", "auto_provision"]?.bool ?? true)
  }
}

extension MergedConfiguration {
  /// The integrations that a kind sets up, in the file's order, by the lower-case name of the
  /// provider or identity that their `via` names, or that has the alias it names.
  func integrations(of section: Kind.Section, _ kinds: KindRegistry) -> [String: [NamedNode]] {
    var found: [String: [NamedNode]] = [:]
    for entry in integrations.entries {
      let definition = Definition(entry, .integration)
      let via = section == .provider ? definition.viaProvider : definition.viaIdentity
      guard let name = via?.trimmed.lowercased(),
        kinds.kind(definition.kind, .integration)?.makeIntegration != nil
      else { continue }
      let isAlias = section == .identity && identities[name] == nil
      found[isAlias ? aliases[name] ?? name : name, default: []].append(entry)
    }
    return found
  }
}
