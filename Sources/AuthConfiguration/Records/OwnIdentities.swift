internal import Core
internal import Model

/// The identities of the person's own configuration by whom they are, for finding those of a checkout
/// that are the same and restrained by less.
struct OwnIdentities: Sendable {
  private struct Principal: Hashable {
    var kind: String
    var account: String
    var principal: String?
  }

  private struct Identity {
    var name: String
    var lines: [String]
  }

  private var identities: [Principal: [Identity]] = [:]

  init(_ own: FullConfiguration, _ registry: Registry) {
    let kinds = registry.kinds
    let schemas = Schemas(kinds)
    let traits = ChainTraits(own, kinds)
    for (index, entry) in own.merged.identities.entries.enumerated() {
      let definition = Definition(entry, .identity)
      let kind = kinds.kind(definition.kind, .identity)
      let summary = IdentitySummary(of: definition, kind, registry)
      guard let principal = Self.principal(definition.kind, summary) else { continue }
      identities[principal, default: []].append(
        Identity(
          name: entry.name, lines: traits.lines(.init(section: .identity, index: index), schemas)))
    }
  }

  /// The name of one that `record`, of a checkout, is looser than.
  func loosened(by record: IdentityRecord) -> String? {
    let summary = IdentitySummary(account: record.account, principal: record.principal)
    guard let principal = Self.principal(record.kind, summary) else { return nil }
    return identities[principal]?.first { Tightening.isLooser(record.traits, than: $0.lines) }?.name
  }

  private static func principal(_ kind: String, _ summary: IdentitySummary) -> Principal? {
    summary.account.map { Principal(kind: kind, account: $0, principal: summary.principal) }
  }
}

extension IdentitySummary {
  /// What a definition says of an identity.
  init(of definition: Definition, _ kind: Kind?, _ registry: Registry) {
    self =
      (kind?.identitySummary ?? registry.cloud(kind?.cloud)?.summary)?(definition)
      ?? IdentitySummary()
  }
}
