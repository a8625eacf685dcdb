internal import Core
internal import Crypto
internal import Model

/// Makes an index from YAML.
struct CatalogBuilder {
  private let full: FullConfiguration
  private let merged: MergedConfiguration
  private let registry: Registry
  private let kinds: KindRegistry
  private let schemas: Schemas
  private let chains: ChainMap
  private let validation: Validation
  /// Integrations that something is set up for, by the lowercased name of their identity.
  private let integrations: [String: [NamedNode]]

  /// What is known about a link, worked out once for all the chains it is part of.
  private struct LinkFacts {
    var name: String
    /// The kind as written; empty when missing.
    var kindName: String
    var kind: Kind?
    var schema: SchemaNode?
    var isBroken: Bool
    /// Whether something other than a secret depends on the output of a command.
    var isStable = true
    var region: String?
    /// The link's part of session digests; `nil` when it cannot be used.
    var digestInput: [UInt8]?
  }

  init(_ full: FullConfiguration, _ registry: Registry) {
    self.full = full
    self.registry = registry
    kinds = registry.kinds
    merged = full.merged
    schemas = Schemas(kinds)
    integrations = Dictionary(
      grouping: full.merged.integrations.entries.filter { [kinds] entry in
        kinds.kind(Definition(entry, .integration).kind, .integration)?.makeIntegration != nil
      }, by: { Definition($0, .integration).viaIdentity?.trimmed.lowercased() ?? "" })
    chains = ChainMap(full.merged, kinds)
    validation = Validator(
      configuration: full.merged, settings: full.settings, kinds: kinds, chains: chains,
      schemas: schemas
    ).validate()
  }

  /// The whole index.
  func build(_ head: IndexHead) -> [UInt8] {
    let providers = merged.providers.entries.indices.map {
      facts(.init(section: .provider, index: $0))
    }
    let identities = merged.identities.entries.indices.map {
      facts(.init(section: .identity, index: $0))
    }
    let order = merged.identities.entries.enumerated()
      .map { (key: $0.element.name.lowercased(), index: $0.offset) }
      .sorted { $0.key < $1.key }
    var names = ByteWriter()
    var records = IndexFile.Records()
    for (key, index) in order {
      names.write(merged.identities.entries[index].name)
      let stored = identity(index, providers, identities)
      var keys = [key]
      if let alias = stored.record.alias?.lowercased(), merged.aliases[alias] == key, alias != key {
        keys.append(alias)
      }
      records.add(keys) { $0.write(stored) }
    }
    let faults = validation.all
    var head = head
    fill(&head, errorCount: faults.count { $0.severity == .error })
    var diagnostics = ByteWriter()
    diagnostics.write(faults) { $0.write($1) }
    var providerRecords = ByteWriter()
    providerRecords.write(sorted(merged.providers)) { $0.write(provider($1, providers)) }
    var integrations = ByteWriter()
    integrations.write(sorted(merged.integrations)) { $0.write(integration($1)) }
    return IndexFile.compose(
      [
        .general: head.encoded(), .diagnostics: diagnostics.bytes, .names: names.bytes,
        .providers: providerRecords.bytes, .integrations: integrations.bytes,
      ], records: records)
  }

  private func sorted(_ table: DefinitionTable) -> [Int] {
    table.entries.indices.sorted {
      table.entries[$0].name.lowercased() < table.entries[$1].name.lowercased()
    }
  }

  // MARK: The head

  private func fill(_ head: inout IndexHead, errorCount: Int) {
    head.realm = full.realm
    head.realmSource = full.realmSource
    head.files = merged.discovery.mainFiles.map(\.path)
    head.keyring = full.settings.keyring
    head.shell = full.settings.shell
    head.logLevel = full.settings.logLevel
    head.isConsoleIsolated = full.settings.isConsoleIsolated
    head.profiles = merged.profiles
    head.profilesAvailable = merged.availableProfiles
    let promoted = merged.promoted.sorted { $0.key < $1.key }
    head.promoted = promoted.filter { !Masking.isSensitive($0.key) }
      .map { (name: $0.key, value: $0.value) }
    head.hasSecretDefaults = head.promoted.count != promoted.count
    head.defaults = merged.identities.entries
      .filter { $0.node["default"]?.bool == true }.map(\.name).sorted()
    head.count = merged.identities.entries.count
    head.errorCount = errorCount
    head.surroundings = TrustTraits.surroundings(
      realm: full.realm, keyring: full.settings.keyring)
    head.variables = VariableUse(merged, schemas, kinds).variables()
  }

  // MARK: Records

  private func facts(_ step: ChainStep) -> LinkFacts {
    let entry = full.entry(step)
    let definition = Definition(entry, step.section)
    let kind = kinds.kind(definition.kind, step.section)
    var facts = LinkFacts(
      name: entry.name, kindName: definition.kind, kind: kind, schema: kind.map(schemas.schema),
      isBroken: validation.isBroken(step),
      region: (entry.node["principal", "region"] ?? entry.node["credentials", "region"]
        ?? entry.node["region"] ?? entry.node["spec", "region"])?.text?.trimmed)
    let hasCommands = merged.hasTags && entry.node.hasCommands
    if hasCommands {
      ValueWalk(facts.schema).visit(entry.node) { leaf in
        if leaf.node.isCommand, !leaf.isSecret || leaf.isInEnvironment { facts.isStable = false }
      }
    }
    guard !facts.isBroken, facts.isStable, let kind, let makeSource = kind.makeSource else {
      return facts
    }
    do throws(AuthError) {
      let link = Link(name: entry.name, kind: kind, source: try makeSource(definition))
      facts.digestInput = link.digestInput
    } catch {
      // A source that cannot be made without a command's output; making the chain says more.
      if hasCommands { facts.isStable = false } else { facts.isBroken = true }
    }
    return facts
  }

  private func identity(
    _ index: Int, _ providers: [LinkFacts], _ identities: [LinkFacts]
  ) -> StoredIdentity {
    let entry = merged.identities.entries[index]
    let node = entry.node
    let own = identities[index]
    var record = IdentityRecord(name: entry.name, kind: own.kindName)
    record.alias = node["alias"]?.text?.trimmed
    record.viaProvider = node["via", "provider"]?.text?.trimmed
    record.viaIdentity = node["via", "identity"]?.text?.trimmed
    record.isDefault = node["default"]?.bool ?? false
    record.isRequired = node["required"]?.bool ?? false
    record.isProtected = node["protected"]?.bool ?? false
    record.isAmbient = own.kind?.isAmbient ?? false
    record.tags = Self.tags(node)
    record.cloud = own.kind?.cloud
    let summary = summary(Definition(entry, .identity), own.kind)
    record.account = summary.account
    record.principal = summary.principal
    record.listedProvider = own.kind?.listedProvider
    record.region = own.region
    record.maskedJSON = MaskedJSON.text(of: node, schema: own.schema)
    record.traits = TrustTraits.lines(
      of: full.withCodeSources(entry, kind: own.kind), .identity, schema: own.schema)
    add(integrations[entry.name.lowercased()] ?? [], to: &record)
    do throws(ChainMap.Break) {
      let steps = try chains.steps(to: index)
      follow(
        steps, steps.map { $0.section == .provider ? providers[$0.index] : identities[$0.index] },
        &record)
    } catch {
      record.hasErrors = true
    }
    let environment = EnvironmentPairs.of(node).filter { !$0.node.isCommand }
    return StoredIdentity(
      record: record, environment: environment.map { ($0.name, stored($0.node, name: $0.name)) })
  }

  // What an integration sets belongs to its identity, so what decides that is covered by `allow`.
  private func add(_ integrations: [NamedNode], to record: inout IdentityRecord) {
    for entry in integrations {
      let definition = Definition(entry, .integration)
      guard let kind = kinds.kind(definition.kind, .integration),
        let made = try? kind.makeIntegration?(definition)
      else { continue }
      for case .set(let name, let value) in made.environment {
        record.integrationEnvironment.append((name: name, value: value))
      }
      record.traits += TrustTraits.lines(
        of: entry, .integration, schema: schemas.schema(of: kind))
    }
  }

  private func summary(_ definition: Definition, _ kind: Kind?) -> IdentitySummary {
    (kind?.identitySummary ?? registry.cloud(kind?.cloud)?.summary)?(definition)
      ?? IdentitySummary()
  }

  private func follow(
    _ steps: [ChainStep], _ facts: [LinkFacts], _ record: inout IdentityRecord
  ) {
    record.chain = zip(steps, facts).map { step, fact in
      ChainStepRecord(name: fact.name, section: step.section, kind: fact.kindName)
    }
    record.startsAmbient = facts.first?.kind?.isAmbient ?? false
    for fact in facts.reversed() {
      record.region = record.region ?? fact.region
      record.isRemembered = record.isRemembered && fact.kind?.isRemembered ?? true
      record.isSupported = record.isSupported && fact.kind?.makeSource != nil
      record.hasErrors = record.hasErrors || fact.isBroken
      record.isStable = record.isStable && fact.isStable
    }
    let links = facts.compactMap(\.digestInput)
    guard links.count == steps.count, !record.hasErrors, record.isStable,
      !full.settings.hasBadRealm
    else { return }
    record.sessionDigest = Hex.sha256(Chain.digestInput(realm: full.realm, links: links))
  }

  /// What came from a variable that is set is read from it again; see ``StoredValue``.
  private func stored(_ node: ConfigNode, name: String) -> StoredValue {
    if let expression = node.expression, expression.hasPrefix("!env ") {
      let variable = String(expression.dropFirst(5))
      let isSet = (merged.variables[variable] ?? nil) != nil || merged.promoted[variable] != nil
      if isSet { return .variable(variable) }
    }
    return Masking.isSensitive(name) ? .hidden : .literal(node.text ?? "")
  }

  private func provider(_ index: Int, _ facts: [LinkFacts]) -> ProviderRecord {
    let entry = merged.providers.entries[index]
    let own = facts[index]
    return ProviderRecord(
      name: entry.name, kind: own.kindName, isDefault: entry.node["default"]?.bool ?? false,
      isSupported: own.kind?.makeSource != nil, hasErrors: own.isBroken,
      tags: Self.tags(entry.node), region: own.region,
      url: (entry.node["start_url"] ?? entry.node["url"])?.text,
      maskedJSON: MaskedJSON.text(of: entry.node, schema: own.schema),
      traits: TrustTraits.lines(
        of: full.withCodeSources(entry, kind: own.kind), .provider, schema: own.schema))
  }

  private func integration(_ index: Int) -> IntegrationRecord {
    let entry = merged.integrations.entries[index]
    let kind = entry.node["kind"]?.text?.trimmed ?? ""
    return IntegrationRecord(
      name: entry.name, kind: kind, viaProvider: entry.node["via", "provider"]?.text,
      viaIdentity: entry.node["via", "identity"]?.text,
      maskedJSON: MaskedJSON.text(
        of: entry.node, schema: kinds.kind(kind, .integration).map(schemas.schema)))
  }

  private static func tags(_ node: ConfigNode) -> [String] {
    guard let tags = node["tags"] else { return [] }
    return tags.text.map { [$0] } ?? tags.elements.compactMap(\.text)
  }
}

/// Which variables an index depends on, and which of them are secret.
struct VariableUse {
  private let merged: MergedConfiguration
  private var open: Set<String> = []
  private var secret: Set<String> = []

  init(_ merged: MergedConfiguration, _ schemas: Schemas, _ kinds: KindRegistry) {
    self.merged = merged
    // Nothing to walk through in the usual configuration.
    guard merged.hasTags else { return }
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
