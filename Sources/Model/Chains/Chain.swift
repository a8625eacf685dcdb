/// Provider → identity → … → identity, checked for cycles; never empty.
public struct Chain: Sendable {
  /// The realm the chain's sessions belong to, empty when there is none.
  public var realm: String
  /// The links, the one that starts the chain first.
  public var links: [Link]

  /// Creates a chain.
  public init(realm: String, links: [Link]) {
    precondition(!links.isEmpty, "a chain has at least the identity it is for")
    self.realm = realm
    self.links = links
  }

  /// The link that was asked for.
  public var target: Link { links[links.count - 1] }
}
