/// What is typed for an identity, and the kind that is shown beside it.
public struct IdentityLabel: Sendable {
  /// The name as it is written.
  public let name: String
  /// The kind, such as `aws/permission-set`.
  public let kind: String
  /// Another name, if it has one.
  public let alias: String?
}

extension IdentityLabel {
  init(_ record: IdentityRecord) {
    self.init(name: record.name, kind: record.kind, alias: record.alias)
  }
}
