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

  /// The lines that say what the chain up to and including link `index` would do: the input of
  /// session digests and trust fingerprints.
  public func description(through index: Int) -> [String] {
    links[...index].flatMap(\.description)
  }
}
