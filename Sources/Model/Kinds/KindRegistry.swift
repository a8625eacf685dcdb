/// The kinds that this build knows.
public struct KindRegistry: Sendable {
  private struct Key: Hashable {
    var name: String
    var section: Kind.Section
  }

  private let kinds: [Key: Kind]

  /// Creates a registry; of two kinds with one name and role the later one counts.
  public init(_ kinds: [Kind]) {
    self.kinds = Dictionary(
      kinds.map { (Key(name: $0.name, section: $0.section), $0) }, uniquingKeysWith: { $1 })
  }

  /// The kind called `name` in section `role`, or `nil`.
  public func kind(_ name: String, _ section: Kind.Section) -> Kind? {
    kinds[Key(name: name, section: section)]
  }

  /// The names of the kinds that `isWanted`, sorted.
  public func names(where isWanted: (Kind) -> Bool) -> [String] {
    kinds.values.filter(isWanted).map(\.name).sorted()
  }

  /// The names of all kinds of a section, sorted.
  public func names(_ section: Kind.Section) -> [String] {
    kinds.values.filter { $0.section == section }.map(\.name).sorted()
  }
}
