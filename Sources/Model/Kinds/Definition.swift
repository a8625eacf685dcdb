/// One entry under `auth.providers`, `auth.identities` or `auth.integrations`.
public struct Definition: Sendable {
  /// The name as written, original case.
  public var name: String
  /// The section it is in.
  public var section: Kind.Section
  /// The text of `kind`, empty when missing.
  public var kind: String
  /// The whole entry.
  public var node: ConfigNode
  /// Where the name stands.
  public var mark: SourceMark

  /// Creates a definition.
  public init(
    name: String, section: Kind.Section, kind: String, node: ConfigNode, mark: SourceMark
  ) {
    self.name = name
    self.section = section
    self.kind = kind
    self.node = node
    self.mark = mark
  }

  /// `via.provider`, as written.
  public var viaProvider: String? { node["via", "provider"]?.text }
  /// `via.identity`, as written.
  public var viaIdentity: String? { node["via", "identity"]?.text }
}
