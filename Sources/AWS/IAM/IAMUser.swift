/// The IAM user that keys belong to.
public struct IAMUser: Sendable, Hashable {
  /// The name, without a path.
  public var name: String
  /// The ARN, such as `arn:aws:iam::123456789012:user/team/jane`.
  public var arn: String
  /// The account, twelve digits.
  public var account: String

  /// The user that STS says keys belong to; `nil` for anyone who is not an IAM user.
  init?(_ caller: CallerIdentity) {
    let parts = caller.arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[2] == "iam", parts[5].hasPrefix("user/"),
      let name = parts[5].split(separator: "/").last
    else { return nil }
    (self.name, arn, account) = (String(name), caller.arn, caller.account)
  }

  private var partition: Substring { arn.split(separator: ":")[1] }

  /// The ARN of a virtual MFA device in the user's account.
  func deviceARN(named name: String) -> String { "arn:\(partition):iam::\(account):mfa/\(name)" }

  /// The ARN of a federated session in the user's account.
  func federatedARN(named name: String) -> String {
    "arn:\(partition):sts::\(account):federated-user/\(name)"
  }

  /// The policy of AWS that allows everything.
  var allowingAll: String { "arn:\(partition):iam::aws:policy/AdministratorAccess" }
}
