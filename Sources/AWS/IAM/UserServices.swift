import Core
import Model

/// STS and IAM, as a user calls them to look after their own keys and devices.
struct UserServices {
  let sts: STSClient
  let iam: IAMClient
  private let settings: UserSettings
  private let effects: Effects
  private let stsEndpoint: ServiceEndpoint
  private let iamEndpoint: ServiceEndpoint

  /// Finds the services for a user with these stored keys.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` for an endpoint that cannot be used.
  init(_ settings: UserSettings, keys: StoredKeys?, effects: Effects) throws(AuthError) {
    self.settings = settings
    self.effects = effects
    let region = settings.region(for: keys)
    stsEndpoint = try ServiceEndpoint.resolve(
      .sts, region: region, configured: settings.endpointURL, effects: effects)
    iamEndpoint = try ServiceEndpoint.resolve(
      .iam, region: region, configured: nil, effects: effects)
    sts = STSClient(stsEndpoint, effects: effects)
    iam = IAMClient(iamEndpoint, effects: effects)
  }

  /// Whom keys belong to.
  ///
  /// - Throws: ``AuthError``: `refused` if STS does not take them, or they are not an IAM user's.
  func user(of keys: AWSKeys) async throws(AuthError) -> IAMUser {
    let caller: CallerIdentity
    do {
      caller = try await sts.callerIdentity(of: keys)
    } catch {
      throw stsError(error, "GetCallerIdentity", caller: keys.maskedAccessKeyID)
    }
    guard let user = IAMUser(caller) else {
      throw AuthError(
        .refused,
        "the access keys of identity `\(settings.name)` do not belong to an IAM user: \(caller.arn)",
        hints: ["the root user's keys and MFA are looked after in the AWS console only"])
    }
    return user
  }

  /// The error of a call of STS that failed.
  func stsError(_ failure: CallFailure, _ action: String, caller: String) -> AuthError {
    CallReport(
      action: action, identity: settings.name, endpoint: stsEndpoint, caller: caller,
      storesKeys: true
    ).error(for: failure, effects)
  }

  /// The error of a call of IAM that failed; what is denied comes with the statement to ask for.
  func iamError(
    _ failure: CallFailure, _ action: String, on resource: String? = nil, as user: IAMUser,
    signedWith keys: AWSKeys
  ) -> AuthError {
    var report = CallReport(
      action: action, identity: settings.name, service: .iam, endpoint: iamEndpoint,
      caller: user.arn, storesKeys: true)
    let hints = [
      statement("iam:\(action)", on: resource ?? user.arn),
      keys.sessionToken == nil
        ? "if the policy asks for MFA, give the identity its device: `credentials.mfa_arn`, or "
          + "`\(effects.typed("user", "configure", "-i", settings.name, "--verify"))`"
        : "if the policy asks for MFA that is recent, run "
          + "`\(effects.typed("login", "-i", settings.name))` and try again",
    ]
    report.deniedHints = { _ in hints }
    return report.error(for: failure, effects)
  }

  /// What to ask an administrator for.
  func statement(_ action: String, on resource: String) -> String {
    let statement = JSONText.object([
      ("Effect", JSONText.string("Allow")), ("Action", JSONText.string(action)),
      ("Resource", JSONText.string(resource)),
    ])
    return "the user needs a policy with: \(statement)"
  }
}

extension CallFailure {
  /// AWS' code, when a service said no, such as `NoSuchEntity`.
  var code: String? {
    if case .refused(let error) = self { error.code } else { nil }
  }

  /// Whether a policy forbids the call.
  var isDenied: Bool { code == "AccessDenied" || code == "AccessDeniedException" }
}
