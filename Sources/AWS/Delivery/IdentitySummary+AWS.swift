internal import Core
internal import Model

extension IdentitySummary {
  /// What a definition of an AWS identity, or of a mock, says.
  init(aws definition: Definition) {
    let role = definition.text("principal", "assume_role")
    let arn = role ?? definition.text("credentials", "mfa_arn")
    self.init(
      account: definition.text("principal", "account", "id")
        ?? arn.flatMap { ARN.account($0) },
      principal: role ?? Self.permissionSet(definition))
  }

  private static func permissionSet(_ definition: Definition) -> String? {
    let account =
      definition.text("principal", "account", "name")
      ?? definition.text("principal", "account", "id")
    guard let name = definition.text("principal", "name") else {
      return definition.text("principal", "account", "id")
    }
    return account.map { "\(name) in \($0)" } ?? name
  }
}
