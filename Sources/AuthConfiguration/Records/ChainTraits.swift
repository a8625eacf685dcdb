internal import Core
public import Model

/// What using each identity and provider of a configuration would do, as lines.
///
/// One object: several threads ask it about thousands of links, and none of them copies the
/// configuration.
final class ChainTraits: Sendable {
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

  /// What one link does, and what is set up after a login to it.
  struct Link: Sendable {
    var definition: [String]
    var integrations: [(name: String, lines: [String])] = []
    var lines: [String] { definition + integrations.flatMap(\.lines) }
  }

  /// What one link does.
  func link(_ step: ChainStep, _ schemas: Schemas) -> Link {
    let entry = full.entry(step)
    let kind = kinds.kind(Definition(entry, step.section).kind, step.section)
    var link = Link(
      definition: full.traits.lines(
        of: full.withCodeSources(entry, kind: kind), step.section,
        schema: kind.map(schemas.schema)))
    for entry in integrations[step.section]?[entry.name.lowercased()] ?? [] {
      let definition = Definition(entry, .integration)
      guard let kind = kinds.kind(definition.kind, .integration),
        (try? kind.makeIntegration?(definition)) != nil
      else { continue }
      let lines = full.traits.lines(of: entry, .integration, schema: schemas.schema(of: kind))
      link.integrations.append((entry.name, lines))
    }
    return link
  }

  /// The lines of one link, those of what is set up after its login included.
  func lines(_ step: ChainStep, _ schemas: Schemas) -> [String] { link(step, schemas).lines }

  /// The links of an identity's chain, the first one first; `nil` if it has no chain.
  func links(_ name: String, _ schemas: Schemas) -> [Link]? {
    guard let target = chains.identity(name), let steps = try? chains.steps(to: target) else {
      return nil
    }
    return steps.map { link($0, schemas) }
  }

  /// A provider alone as a link; `nil` if there is none.
  func links(ofProvider name: String, _ schemas: Schemas) -> [Link]? {
    chains.provider(name).map { [link(ChainStep(section: .provider, index: $0), schemas)] }
  }

  /// All lines of links.
  func lines(_ links: [Link]) -> [String] { surroundings + links.flatMap(\.lines) }
}

/// Whether the person's own files alone say the same of a chain.
struct ChainOrigin {
  /// Whether they do, or say only something less tight.
  ///
  /// Integrations that a checkout adds do not
  /// count: they are set up when the person allowed them, and the identity is as it was.
  var isOwn: Bool
  /// The names of the last link's integrations that only a checkout has.
  var offers: [String] = []
}

extension ChainOrigin {
  /// Compares.
  ///
  /// - Parameters:
  ///   - links: The links with all files read.
  ///   - traits: What they were made by.
  ///   - own: The same of the person's own files alone; `nil` where there is no such chain.
  init(_ links: [ChainTraits.Link], _ traits: ChainTraits, own: (ChainTraits, [ChainTraits.Link]?))
  {
    guard let ownLinks = own.1, ownLinks.count == links.count else {
      isOwn = false
      return
    }
    var rest = links
    var added: [String] = []
    for (index, link) in ownLinks.enumerated() {
      let known = Set(link.integrations.map(\.name))
      added = rest[index].integrations.map(\.name).filter { !known.contains($0) }
      rest[index].integrations.removeAll { !known.contains($0.name) }
    }
    let (here, there) = (traits.lines(rest), own.0.lines(ownLinks))
    isOwn =
      here.map(ByteText.init) == there.map(ByteText.init) || Tightening.isAll(from: there, to: here)
    offers = isOwn ? added : []
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
    described(kinds, variables(of: name)) { $0.links(name, $1) }
  }

  /// The same of a provider alone.
  public func trust(
    forProvider name: String, kinds: KindRegistry
  ) -> (description: TrustDescription, isOwn: Bool)? {
    described(kinds, []) { $0.links(ofProvider: name, $1) }
  }

  /// The fingerprint of the chain of an identity or provider alone, whatever the environment says, and
  /// whether it is the person's own: to what is stored for it belongs.
  ///
  /// - Returns: `nil` if there is no such identity or provider, or it has no chain.
  public func origin(
    of name: String, kinds: KindRegistry
  ) -> (fingerprint: String, isOwn: Bool)? {
    compared(kinds) { $0.links(name, $1) ?? $0.links(ofProvider: name, $1) }
      .map { (TrustTraits.fingerprint($0.lines), $0.isOwn) }
  }

  private func described(
    _ kinds: KindRegistry, _ variables: [(name: String, value: String)],
    _ links: (ChainTraits, Schemas) -> [ChainTraits.Link]?
  ) -> (description: TrustDescription, isOwn: Bool)? {
    compared(kinds, links).map { lines, isOwn in
      let lines = (isOwn ? [] : request.redirectLines(over: variables)) + lines
      return (
        TrustDescription(fingerprint: TrustTraits.fingerprint(lines), traits: lines), isOwn
      )
    }
  }

  private func compared(
    _ kinds: KindRegistry, _ links: (ChainTraits, Schemas) -> [ChainTraits.Link]?
  ) -> (lines: [String], isOwn: Bool)? {
    let schemas = Schemas(kinds)
    let traits = ChainTraits(self, kinds)
    guard let found = links(traits, schemas) else { return nil }
    let isOwn =
      own.map { own in
        let ownTraits = ChainTraits(own, kinds)
        return ChainOrigin(found, traits, own: (ownTraits, links(ownTraits, schemas))).isOwn
      } ?? false
    return (traits.lines(found), isOwn)
  }

  // What an identity's `env` sets, as far as no command gives it.
  private func variables(of name: String) -> [(name: String, value: String)] {
    let entry =
      merged.identities[name] ?? merged.aliases[name.lowercased()].flatMap { merged.identities[$0] }
    return (entry.map { EnvironmentPairs.of($0.node) } ?? [])
      .filter { !$0.node.isCommand }.map { ($0.name, $0.node.text ?? "") }
  }
}
