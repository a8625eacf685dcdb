/// What a definition says of an identity, without asking the cloud.
public struct IdentitySummary: Sendable, Equatable {
  /// The account, project or subscription.
  public var account: String?
  /// Who it is in the cloud's words, in one text: a role's ARN, a permission set and its account.
  public var principal: String?

  /// Creates a summary.
  public init(account: String? = nil, principal: String? = nil) {
    self.account = account
    self.principal = principal
  }
}
