/// Whom a cloud says a credential stands for.
public struct Principal: Sendable, Equatable {
  /// The account, project or subscription.
  public var account: String?
  /// The principal in the cloud's own words.
  public var name: String

  /// Creates a principal.
  public init(account: String?, name: String) {
    self.account = account
    self.name = name
  }
}
