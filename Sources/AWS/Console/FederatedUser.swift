public import Core
public import Model

/// A session of an IAM user that the AWS console takes, which those of GetSessionToken are not.
///
/// It may do what the user may, and nothing more: a session's rights are those that both the user
/// and the policy given for it have, and the policy here has all. Source: "GetFederationToken", AWS
/// STS API Reference.
public struct FederatedUser {
  private let keys: UserKeys

  /// Creates a value for the user that keys belong to.
  public init(_ keys: UserKeys) {
    self.keys = keys
  }

  /// A new session.
  ///
  /// - Parameter seconds: How long it is to last, 900...129,600.
  /// - Returns: The session.
  /// - Throws: ``AuthError``: `loginRequired` without keys, `refused` if AWS says no, `unavailable` if
  ///   it cannot be reached.
  public func credential(seconds: Int64) async throws(AuthError) -> Credential {
    let effects = keys.effects
    let stored = try await keys.stored()
    let own = try keys.own(stored)
    let services = try UserServices(keys.settings, keys: stored, effects: effects)
    let user = try await services.user(of: own)
    // Two to 32 characters; a user's name may have one, and 64.
    let name = user.name.count < 2 ? "user-\(user.name)" : String(user.name.prefix(32))
    do {
      let issued = try await services.sts.federatedSession(
        named: name, policy: user.allowingAll, seconds: seconds, from: own)
      return issued.credential(
        issuedAt: effects.now(), region: keys.settings.region(for: stored), account: user.account)
    } catch {
      var report = services.stsError(error, "GetFederationToken", caller: user.arn)
      if error.isDenied {
        report.hints = [
          services.statement("sts:GetFederationToken", on: user.federatedARN(named: name)),
          "or \(ConsoleSignIn.roleHint(keys.settings.name))",
        ]
      }
      throw report
    }
  }
}
