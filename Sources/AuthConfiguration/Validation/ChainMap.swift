internal import Core
internal import Model

/// One link of a chain by its place in the tables.
struct ChainStep: Sendable, Hashable {
  /// Which table.
  var section: Kind.Section
  /// Which entry.
  var index: Int
}

/// Where the chains of a configuration go.
struct ChainMap: Sendable {
  /// Why an identity has no chain.
  enum Break: Error {
    /// What it, or one it comes from, is said to come from is not there.
    case missing
    /// It comes from itself.
    case cycle([Int])
    /// It has more links than a chain may have.
    case tooLong
  }

  /// What an identity comes from.
  private enum Origin: Sendable {
    case provider(Int)
    case identity(Int)
    case nothing
    case missing
  }

  private let aliases: [String: String]
  private let identities: DefinitionTable
  private let providers: DefinitionTable
  private var origins: [Origin] = []
  /// How many links a chain has at most.
  let lengthLimit: Int

  init(_ configuration: MergedConfiguration, _ kinds: KindRegistry) {
    aliases = configuration.aliases
    identities = configuration.identities
    providers = configuration.providers
    lengthLimit = configuration.limits.chain
    let entries = configuration.identities.entries
    origins = Parallel.map(entries.count) { [self] part in
      entries[part].map { origin(of: $0.node, kinds) }
    }
  }

  private func origin(of node: ConfigNode, _ kinds: KindRegistry) -> Origin {
    if let via = node["via"] {
      let kind = node["kind"]?.text.flatMap { kinds.kind($0.trimmed, .identity) }
      if kind?.via == .forbidden { return .nothing }
      if let name = via["provider"]?.text?.trimmed {
        return provider(name).map { .provider($0) } ?? .missing
      }
      if let name = via["identity"]?.text?.trimmed {
        return identity(name).map { .identity($0) } ?? .missing
      }
    }
    return .nothing
  }

  /// The place of an identity, by its name or its alias.
  func identity(_ name: String) -> Int? {
    identities.position(of: name)
      ?? aliases[name.lowercased()].flatMap { identities.position(of: $0) }
  }

  /// The place of a provider.
  func provider(_ name: String) -> Int? { providers.position(of: name) }

  /// The chain of an identity, the link that starts it first.
  func steps(to target: Int) throws(Break) -> [ChainStep] {
    var steps: [ChainStep] = []
    var current = target
    while true {
      if let start = steps.firstIndex(where: { $0.index == current }) {
        throw Break.cycle(steps[start...].map(\.index))
      }
      guard steps.count < lengthLimit else { throw Break.tooLong }
      steps.append(ChainStep(section: .identity, index: current))
      switch origins[current] {
      case .nothing: return steps.reversed()
      case .missing: throw Break.missing
      case .identity(let next): current = next
      case .provider(let provider):
        guard steps.count < lengthLimit else { throw Break.tooLong }
        steps.append(ChainStep(section: .provider, index: provider))
        return steps.reversed()
      }
    }
  }
}

extension MergedConfiguration {
  /// The identities' aliases in lower case, with their identities' names in lower case.
  ///
  /// An alias that two identities have, or that is a name, stands for nobody.
  static func aliases(
    of identities: DefinitionTable
  ) -> (aliases: [String: String], faults: [Diagnostic]) {
    var owners: [String: [NamedNode]] = [:]
    for entry in identities.entries {
      guard let alias = entry.node["alias"]?.text?.trimmed.lowercased(), !alias.isEmpty else {
        continue
      }
      owners[alias, default: []].append(entry)
    }
    var aliases: [String: String] = [:]
    var faults: [Diagnostic] = []
    for (alias, entries) in owners {
      let mark = entries.last?.node["alias"]?.mark
      let shown = DisplayText.sanitized(entries[0].node["alias"]?.text ?? alias, limit: 80)
      if let named = identities[alias], entries.count > 1 || named.name != entries[0].name {
        faults.append(
          Diagnostic(
            .error, "alias `\(shown)` of identity `\(entries[0].name)` is the name of another one",
            mark: mark, suggestion: "the name wins; choose another alias",
            code: "alias-collision"))
      } else if entries.count > 1 {
        faults.append(
          Diagnostic(
            .error,
            "alias `\(shown)` belongs to several identities: "
              + DefinitionChecker.list(entries.map(\.name)),
            mark: mark, suggestion: "it is not used until it is unique",
            code: "alias-collision"))
      } else {
        aliases[alias] = entries[0].name.lowercased()
      }
    }
    return (aliases, faults)
  }
}
