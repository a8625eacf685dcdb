/// One link of a resolved chain.
public struct Link: Sendable {
  /// The provider's or identity's name, original case.
  public var name: String
  /// Its kind.
  public var kind: Kind
  /// What gets its credential.
  public var source: any CredentialSource
  /// Whether its sessions may do less than its definition says, and are kept apart; see
  /// ``SessionNarrowing``.
  public var isNarrowed = false

  /// Creates a link.
  public init(name: String, kind: Kind, source: any CredentialSource) {
    self.name = name
    self.kind = kind
    self.source = source
  }
}
