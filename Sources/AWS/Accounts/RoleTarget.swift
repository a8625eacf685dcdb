public import Core

/// A role in an account, and how to assume it.
public struct RoleTarget: Sendable, Equatable {
  /// The role's ARN.
  public var arn: String
  /// The region.
  public var region: String?
  /// The external id that it asks for.
  public var externalID: String?
  /// The name of the session.
  public var sessionName: String?
  /// How long the session lasts, as a duration.
  public var duration: String?
  /// The MFA device that it asks for.
  public var mfaDevice: String?

  /// The role that words and an account mean.
  ///
  /// - Parameters:
  ///   - account: The ARN of a role, the number of an account, or the name that `entry` has.
  ///   - role: The name of a role, with its path, or its ARN; `nil` for the entry's.
  ///   - entry: What an accounts file says of `account`.
  ///   - region: The region, which decides the partition unless an ARN does.
  /// - Throws: ``AuthError`` with code `usage` if that is not a role.
  public init(
    account: String, role: String?, entry: AccountEntry?, region: String?
  ) throws(AuthError) {
    self.region = region ?? entry?.region
    externalID = entry?.externalID
    sessionName = entry?.sessionName
    duration = entry?.duration
    mfaDevice = entry?.mfaDevice
    if account.hasPrefix("arn:") {
      arn = account
      return
    }
    let id = entry?.id ?? account
    let stated = entry?.role
    if let stated, Self.holes.contains(where: stated.contains) {
      arn = try Self.filled(stated, role, id)
    } else if let role = role ?? stated {
      arn = role
    } else {
      throw AuthError(
        .usage, "no role is named for account \(DisplayText.sanitized(account, limit: 80))",
        hints: [
          "name one after the account, or with `--role`",
          "or give the account a `role` in the accounts file",
        ])
    }
    guard !arn.hasPrefix("arn:") else { return }
    let name = arn.hasPrefix("role/") ? String(arn.dropFirst(5)) : arn
    guard !name.isEmpty, STSText.isMade(name, of: "_+=,.@-/") else {
      throw AuthError(
        .usage, "not the name of a role: \(DisplayText.sanitized(name, limit: 80))",
        hints: ["it has letters, digits and _+=,.@- only, with `/` between the parts of its path"])
    }
    let partition =
      stated.flatMap(Partition.ofARN) ?? self.region.map(Partition.ofRegion) ?? .commercial
    let path = name.hasPrefix("/") ? String(name.dropFirst()) : name
    arn = "arn:\(partition.name):iam::\(id):role/\(path)"
  }

  /// Whether an accounts file's entry says by itself which role it is.
  public static func namesRole(_ entry: AccountEntry?) -> Bool {
    guard let stated = entry?.role else { return false }
    return !holes.contains(where: stated.contains)
  }

  /// The number of the account, and the role's name with its path.
  public var accountAndRole: (account: String, role: String)? {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[5].hasPrefix("role/") else { return nil }
    return (String(parts[4]), String(parts[5].dropFirst(5)))
  }

  private static let holes = ["${ROLE}", "${role}", "{role}", "${ROLE_NAME}"]

  private static func filled(
    _ template: String, _ role: String?, _ id: String
  ) throws(AuthError) -> String {
    guard let role else {
      throw AuthError(
        .usage, "the accounts file leaves the role open: \(DisplayText.sanitized(template))",
        hints: ["name one after the account, or with `--role`"])
    }
    if role.hasPrefix("arn:") { return role }
    var text = template
    for hole in ["${ACCOUNT}", "${account}", "${ACCOUNT_ID}", "{account}"] {
      text = text.replacing(hole, with: id)
    }
    // The longer ones first, of which the shorter ones are a part.
    for hole in holes { text = text.replacing(hole, with: role) }
    return text
  }
}
