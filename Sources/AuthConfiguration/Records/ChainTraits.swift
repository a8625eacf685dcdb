internal import Core
public import Model

/// What using each identity and provider of a configuration would do, as lines.
struct ChainTraits: Sendable {
  private let full: FullConfiguration
  private let kinds: KindRegistry
  /// Where the chains go.
  let chains: ChainMap
  /// By section, and then by the lower-case name of what they come after.
  private let integrations: [Kind.Section: [String: [NamedNode]]]
  /// What is said apart from definitions.
  let surroundings: [String]

  init(_ full: FullConfiguration, _ kinds: KindRegistry) {
    self.full = full
    self.kinds = kinds
    chains = ChainMap(full.merged, kinds)
    integrations = [
      .provider: full.merged.integrations(of: .provider, kinds),
      .identity: full.merged.integrations(of: .identity, kinds),
    ]
    surroundings = full.traits.surroundings(
      realm: full.realm, keyring: full.settings.keyring)
  }

  /// The lines of one link, those of what is set up after its login included.
  func lines(_ step: ChainStep, _ schemas: Schemas) -> [String] {
    let entry = full.entry(step)
    let kind = kinds.kind(Definition(entry, step.section).kind, step.section)
    var lines = full.traits.lines(
      of: full.withCodeSources(entry, kind: kind), step.section, schema: kind.map(schemas.schema))
    for entry in integrations[step.section]?[entry.name.lowercased()] ?? [] {
      let definition = Definition(entry, .integration)
      guard let kind = kinds.kind(definition.kind, .integration),
        (try? kind.makeIntegration?(definition)) != nil
      else { continue }
      lines += full.traits.lines(of: entry, .integration, schema: schemas.schema(of: kind))
    }
    return lines
  }

  /// The lines of an identity's chain, the first link first; `nil` if it has no chain.
  func chain(_ name: String, _ schemas: Schemas) -> [String]? {
    guard let target = chains.identity(name), let steps = try? chains.steps(to: target) else {
      return nil
    }
    return surroundings + steps.flatMap { lines($0, schemas) }
  }

  /// Whether lines are what the person's own files say, or only tighter.
  static func isOwn(_ lines: [String], _ own: [String]) -> Bool {
    lines.map(ByteText.init) == own.map(ByteText.init) || Tightening.isAll(from: own, to: lines)
  }

  /// The lines of a provider alone; `nil` if there is none.
  func provider(_ name: String, _ schemas: Schemas) -> [String]? {
    chains.provider(name).map {
      surroundings + lines(ChainStep(section: .provider, index: $0), schemas)
    }
  }
}

extension FullConfiguration {
  /// What a person's `allow` of an identity covers, and whether it is the person's own, by the very
  /// files that this value was made from.
  ///
  /// - Returns: `nil` if there is no such identity, or it has no chain.
  public func trust(
    for name: String, kinds: KindRegistry
  ) -> (description: TrustDescription, isOwn: Bool)? {
    let schemas = Schemas(kinds)
    guard let lines = ChainTraits(self, kinds).chain(name, schemas) else { return nil }
    let own = own.flatMap { ChainTraits($0, kinds).chain(name, schemas) }
    return described(lines, own, variables(of: name))
  }

  /// The same of a provider alone.
  public func trust(
    forProvider name: String, kinds: KindRegistry
  ) -> (description: TrustDescription, isOwn: Bool)? {
    let schemas = Schemas(kinds)
    guard let lines = ChainTraits(self, kinds).provider(name, schemas) else { return nil }
    let own = own.flatMap { ChainTraits($0, kinds).provider(name, schemas) }
    return described(lines, own, [])
  }

  /// The fingerprint of the chain of an identity or provider alone, whatever the environment says, and
  /// whether it is the person's own: to what is stored for it belongs.
  ///
  /// - Returns: `nil` if there is no such identity or provider, or it has no chain.
  public func origin(
    of name: String, kinds: KindRegistry
  ) -> (fingerprint: String, isOwn: Bool)? {
    let schemas = Schemas(kinds)
    func lines(_ full: FullConfiguration) -> [String]? {
      let traits = ChainTraits(full, kinds)
      return traits.chain(name, schemas) ?? traits.provider(name, schemas)
    }
    guard let here = lines(self) else { return nil }
    let isOwn = own.flatMap(lines).map { ChainTraits.isOwn(here, $0) } ?? false
    return (TrustTraits.fingerprint(here), isOwn)
  }

  private func described(
    _ lines: [String], _ own: [String]?, _ variables: [(name: String, value: String)]
  ) -> (description: TrustDescription, isOwn: Bool) {
    let isOwn = own.map { ChainTraits.isOwn(lines, $0) } ?? false
    let lines = (isOwn ? [] : request.redirectLines(over: variables)) + lines
    return (
      TrustDescription(fingerprint: TrustTraits.fingerprint(lines), traits: lines), isOwn
    )
  }

  // What an identity's `env` sets, as far as no command gives it.
  private func variables(of name: String) -> [(name: String, value: String)] {
    let entry =
      merged.identities[name] ?? merged.aliases[name.lowercased()].flatMap { merged.identities[$0] }
    return (entry.map { EnvironmentPairs.of($0.node) } ?? [])
      .filter { !$0.node.isCommand }.map { ($0.name, $0.node.text ?? "") }
  }
}
