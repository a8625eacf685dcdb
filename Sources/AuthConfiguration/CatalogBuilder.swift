internal import Core
internal import Crypto
internal import Model
internal import Synchronization

/// Makes an index from YAML.
///
/// Thousands of definitions are worked on by all cores; each thread has ``Schemas`` of its own, and
/// all of them share this one object.
final class CatalogBuilder: Sendable {
  private let full: FullConfiguration
  private let merged: MergedConfiguration
  private let registry: Registry
  private let kinds: KindRegistry
  private let chains: ChainMap
  private let validation: Validation
  /// Integrations that something is set up for, by the lowercased name of their identity.
  private let integrations: [String: [NamedNode]]
  /// What the person's own files say alone; `nil` if they say everything.
  private let own: ChainTraits?
  private let all: ChainTraits
  /// The identities of the person's own, beside a checkout's.
  private let ownIdentities: OwnIdentities?

  /// What is known about a link, worked out once for all the chains it is part of.
  ///
  /// One object, since each of those chains takes a copy.
  private final class LinkFacts: Sendable {
    let name: String
    /// The kind as written; empty when missing.
    let kindName: String
    let kind: Kind?
    let isBroken: Bool
    /// Whether something other than a secret depends on the output of a command.
    let isStable: Bool
    let region: String?
    /// The link's part of session digests; `nil` when it cannot be used.
    let digestInput: [UInt8]?

    init(
      _ definition: Definition, _ kind: Kind?, isBroken: Bool, isStable: Bool,
      digestInput: [UInt8]?
    ) {
      name = definition.name
      kindName = definition.kind
      self.kind = kind
      self.isBroken = isBroken
      self.isStable = isStable
      self.digestInput = digestInput
      let node = definition.node
      region =
        (node["principal", "region"] ?? node["credentials", "region"] ?? node["region"]
        ?? node["spec", "region"])?.text?.trimmed
    }
  }

  init(_ full: FullConfiguration, _ registry: Registry) {
    self.full = full
    self.registry = registry
    kinds = registry.kinds
    merged = full.merged
    integrations = full.merged.integrations(of: .identity, kinds)
    all = ChainTraits(full, kinds)
    if case .some = full.merged.own {
      let own = full.own
      self.own = own.map { [kinds] in ChainTraits($0, kinds) }
      ownIdentities = own.map { OwnIdentities($0, registry) }
    } else {
      own = nil
      ownIdentities = nil
    }
    chains = all.chains
    validation = Validator(
      configuration: full.merged, settings: full.settings, kinds: kinds, chains: chains
    ).validate()
  }

  /// The whole index.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` if it is larger than ``Limits`` allow: long
  ///   values that many identities share stand in it once for each of them.
  func build(_ head: IndexHead) throws(AuthError) -> IndexBytes {
    let providers = facts(of: merged.providers)
    let identities = facts(of: merged.identities)
    let order = merged.identities.entries.enumerated()
      .map { (key: $0.element.name.lowercased(), index: $0.offset) }
      .sorted { $0.key < $1.key }
    let size = Atomic(0)
    let parts = Parallel.map(order.count) { part in
      let schemas = Schemas(kinds)
      var records = IndexFile.Records()
      var labels = ByteWriter()
      var written = 0
      for (key, index) in order[part] {
        let stored = identity(index, providers, identities, schemas)
        let alias = stored.record.alias?.lowercased()
        let isFound = alias.map { merged.aliases[$0] == key && $0 != key } ?? false
        records.add(isFound ? [key, alias ?? key] : [key]) { $0.write(stored) }
        labels.write(IdentityLabel(stored.record))
        // The whole is refused below; there is no need to finish it first.
        let added = records.count - written
        written += added
        let total = size.add(added, ordering: .relaxed).newValue
        if total > merged.limits.recordBytes { break }
      }
      return [(records, labels)]
    }
    var labels = ByteWriter()
    for part in parts { labels.append(part.1.bytes) }
    if size.load(ordering: .relaxed) > merged.limits.recordBytes {
      throw AuthError(
        .badConfiguration,
        "the configuration is not used, because its \(order.count) identities come to more than "
          + "\(merged.limits.recordBytes) bytes together, with what they share",
        hints: ["keep long lists out of settings that all identities share"])
    }
    let faults = validation.all
    var head = head
    fill(&head, errorCount: faults.count { $0.severity == .error })
    var diagnostics = ByteWriter()
    diagnostics.write(faults) { $0.write($1) }
    let schemas = Schemas(kinds)
    var providerRecords = ByteWriter()
    providerRecords.write(sorted(merged.providers)) { $0.write(provider($1, providers, schemas)) }
    var integrations = ByteWriter()
    integrations.write(sorted(merged.integrations)) { $0.write(integration($1, schemas)) }
    return IndexFile.compose(
      [
        .general: head.encoded(), .diagnostics: diagnostics.bytes, .labels: labels.bytes,
        .providers: providerRecords.bytes, .integrations: integrations.bytes,
      ], records: parts.map(\.0))
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
    fillOwnOnly(&head)
    head.foreignFiles = merged.foreignFiles
    head.logLevel = full.settings.logLevel
    head.isConsoleIsolated = full.settings.isConsoleIsolated
    head.profiles = merged.profiles
    head.profilesAvailable = merged.availableProfiles
    let promoted = merged.promoted.sorted { $0.key < $1.key }
    head.promoted = promoted.filter { !Masking.isSensitive($0.key) }
      .map { (name: $0.key, value: $0.value) }
    head.hasSecretDefaults = head.promoted.count != promoted.count
    head.defaults = Self.defaults(merged)
    head.foreignChoices = foreignChoices
    head.count = merged.identities.entries.count
    head.errorCount = errorCount
    head.surroundings = full.traits.surroundings(
      realm: full.realm, keyring: full.settings.keyring)
    head.variables = VariableUse(merged, kinds).variables()
  }

  private static func defaults(_ merged: MergedConfiguration) -> [String] {
    merged.identities.entries.filter { $0.node["default"]?.bool == true }.map(\.name).sorted()
  }

  // A checkout that says an identity of the person's own once more, word for word, leaves it the
  // person's own; but not what chooses it.
  private var foreignChoices: Set<IndexHead.Choice> {
    guard case .some(let own) = merged.own else { return [] }
    var choices: Set<IndexHead.Choice> = []
    if Self.defaults(own) != Self.defaults(merged) { choices.insert(.defaults) }
    if own.aliases != merged.aliases.filter({ own.identities[$0.value] != nil }) {
      choices.insert(.aliases)
    }
    let hasOtherTags = own.identities.entries.contains { entry in
      merged.identities[entry.name].map { Self.tags($0.node) != Self.tags(entry.node) } ?? true
    }
    if hasOtherTags { choices.insert(.tags) }
    return choices
  }

  // What decides about a person's terminals is for their own files to say; a checkout may only
  // shorten how long a key is remembered.
  private func fillOwnOnly(_ head: inout IndexHead) {
    let own =
      full.own?.settings
      ?? AuthSettings(ConfigNode(.mapping([]), mark: merged.settings.mark), home: nil)
    head.shell = own.shell
    head.trust = own.trust
    head.audit = own.audit
    head.keyring.unlockFor = min(own.keyring.unlockFor, full.settings.keyring.unlockFor)
    head.ignoredSettings += merged.ignoredSettings
    if full.settings.shell != own.shell { head.ignoredSettings.append("shell") }
    if full.settings.trust != own.trust { head.ignoredSettings.append("trust") }
    if full.settings.audit != own.audit { head.ignoredSettings.append("audit") }
    if full.settings.keyring.unlockFor > own.keyring.unlockFor {
      head.ignoredSettings.append("keyring.spec.unlock_for")
    }
  }

  // Whether the person's own files alone lead to the same, and what a checkout's add to it.
  private func origin(_ links: (ChainTraits) -> [ChainTraits.Link]?) -> ChainOrigin {
    if case .everything = merged.own { return ChainOrigin(isOwn: true) }
    guard let own, let here = links(all) else { return ChainOrigin(isOwn: false) }
    return ChainOrigin(here, all, own: (own, links(own)))
  }

  // MARK: Records

  private func facts(of table: DefinitionTable) -> [LinkFacts] {
    Parallel.map(table.entries.count) { part in
      let schemas = Schemas(kinds)
      return part.map { facts(.init(section: table.section, index: $0), schemas) }
    }
  }

  private func facts(_ step: ChainStep, _ schemas: Schemas) -> LinkFacts {
    let definition = Definition(full.entry(step), step.section)
    let kind = kinds.kind(definition.kind, step.section)
    var isBroken = validation.isBroken(step)
    var isStable = true
    let hasCommands = merged.hasTags && definition.node.hasCommands
    if hasCommands {
      ValueWalk(kind.map(schemas.schema)).visit(definition.node) { leaf in
        if leaf.node.isCommand, !leaf.isSecret || leaf.isInEnvironment { isStable = false }
      }
    }
    var digestInput: [UInt8]?
    if !isBroken, isStable, let kind, let makeSource = kind.makeSource {
      do throws(AuthError) {
        let source = try makeSource(definition)
        digestInput = Link(name: definition.name, kind: kind, source: source).digestInput
      } catch {
        // A source that cannot be made without a command's output; making the chain says more.
        if hasCommands { isStable = false } else { isBroken = true }
      }
    }
    return LinkFacts(
      definition, kind, isBroken: isBroken, isStable: isStable, digestInput: digestInput)
  }

  private func identity(
    _ index: Int, _ providers: [LinkFacts], _ identities: [LinkFacts], _ schemas: Schemas
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
    record.mfa = MFAPolicy(node["mfa"])
    record.idle = node["idle"]?.text.flatMap { DurationText.seconds($0.trimmed) }
    let definition = Definition(entry, .identity)
    record.isAmbient = own.kind.map { $0.isAmbient && !$0.isDelivered(definition) } ?? false
    record.tags = Self.tags(node)
    record.cloud = own.kind?.cloud
    let summary = IdentitySummary(of: definition, own.kind, registry)
    record.account = summary.account
    record.principal = summary.principal
    record.listedProvider = own.kind?.listedProvider
    record.region = own.region
    record.maskedJSON = MaskedJSON.text(of: node, schema: own.kind.map(schemas.schema))
    record.traits = all.lines(ChainStep(section: .identity, index: index), schemas)
    do throws(ChainMap.Break) {
      let steps = try chains.steps(to: index)
      follow(
        steps, steps.map { $0.section == .provider ? providers[$0.index] : identities[$0.index] },
        &record)
    } catch {
      record.hasErrors = true
    }
    let origin = origin { $0.links(entry.name, schemas) }
    record.isOwn = origin.isOwn
    record.offers = origin.offers
    record.replacesOwn = !record.isOwn && self.own?.links(entry.name, schemas) != nil
    add(integrations[entry.name.lowercased()] ?? [], to: &record)
    if !record.isOwn { record.loosensOwn = ownIdentities?.loosened(by: record) }
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
        if record.offers.contains(entry.name) {
          record.offeredEnvironment.append((name: name, value: value))
        } else {
          record.integrationEnvironment.append((name: name, value: value))
        }
      }
    }
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
      record.usesStoredKeys = record.usesStoredKeys || fact.kind?.storesKeys == true
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

  private func provider(
    _ index: Int, _ facts: [LinkFacts], _ schemas: Schemas
  ) -> ProviderRecord {
    let entry = merged.providers.entries[index]
    let own = facts[index]
    let schema = own.kind.map(schemas.schema)
    let origin = origin { $0.links(ofProvider: entry.name, schemas) }
    return ProviderRecord(
      name: entry.name, kind: own.kindName, isDefault: entry.node["default"]?.bool ?? false,
      isSupported: own.kind?.makeSource != nil, hasErrors: own.isBroken,
      tags: Self.tags(entry.node), region: own.region,
      url: (entry.node["start_url"] ?? entry.node["url"])?.text,
      maskedJSON: MaskedJSON.text(of: entry.node, schema: schema),
      isOwn: origin.isOwn, offers: origin.offers,
      traits: all.lines(ChainStep(section: .provider, index: index), schemas))
  }

  private func integration(_ index: Int, _ schemas: Schemas) -> IntegrationRecord {
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
