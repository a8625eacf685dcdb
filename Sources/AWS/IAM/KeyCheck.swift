public import Core
public import Model

/// What AWS says of access keys that are about to be stored.
public struct KeyCheck: Sendable, Equatable {
  /// Whom they belong to.
  public var user: IAMUser
  /// The user's MFA devices that STS can ask for codes; empty when they may not be seen.
  public var devices: [String]

  /// Asks STS whom keys belong to, and IAM for the user's MFA devices, where that is allowed.
  ///
  /// - Parameters:
  ///   - keys: The keys.
  ///   - settings: What the definition says.
  ///   - effects: Everything outside the process.
  /// - Throws: ``AuthError``: `refused` if AWS does not take the keys, `unavailable` if it cannot be
  ///   reached.
  public init(
    _ keys: StoredKeys, _ settings: UserSettings, effects: Effects
  ) async throws(AuthError) {
    let services = try UserServices(settings, keys: keys, effects: effects)
    user = try await services.user(of: keys.longLived)
    // Nothing depends on it: anyone who may not see them can still type one.
    let all = try? await services.iam.devices(of: user.name, signedWith: keys.longLived)
    devices = (all ?? []).filter { !$0.contains(":u2f/") }
  }
}
