import Core
import Model
import XML

/// Keys that STS issued, with what it said about them.
struct IssuedKeys {
  /// The keys.
  var keys: AWSKeys
  /// When they end, in the local clock's time: where that clock is known to be wrong, the server's
  /// time is moved by as much, so that "is it over?" is answered right on this machine.
  var expiresAt: Instant
  /// The assumed role's ARN, when there is one.
  var principal: String?
  /// The role's id with the session's name, when there is one.
  var principalID: String?

  /// The credential they make; `device` is the one whose code was given for it.
  func credential(
    issuedAt: Instant, region: String?, account: String? = nil, device: String? = nil
  ) -> Credential {
    var credential = Credential(
      .aws(keys), issuedAt: issuedAt, expiresAt: expiresAt, region: region,
      account: principal.flatMap(ARN.account) ?? account, principal: principal,
      mfaAt: device == nil ? nil : issuedAt, mfaDevice: device)
    credential.principalID = principalID
    return credential
  }
}

/// The parts of Amazon resource names that we look at.
enum ARN {
  /// The account an ARN belongs to, if it names one.
  static func account(_ arn: String) -> String? {
    let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0] == "arn", parts[4].utf8.count == 12 else { return nil }
    return String(parts[4])
  }

  /// Whether it is that of a role's session or a federated user's.
  static func isSession(_ arn: String?) -> Bool {
    guard let arn else { return false }
    return arn.contains(":assumed-role/") || arn.contains(":federated-user/")
  }
}

extension STSClient {
  /// `GetSessionToken`: a session of an IAM user.
  func sessionToken(
    of keys: AWSKeys, seconds: Int64, device: String?, code: Secret?
  ) async throws(CallFailure) -> IssuedKeys {
    var fields = [(name: "DurationSeconds", value: String(seconds))]
    fields += Self.secondFactor(device, code)
    let result = try await call(
      "GetSessionToken", fields, signedWith: keys, isRepeatable: code == nil)
    return try issued(result, origin: .userSession)
  }

  /// `AssumeRole`; `fields` is everything but the second factor.
  func role(
    _ fields: [(name: String, value: String)], from keys: AWSKeys, device: String?, code: Secret?
  ) async throws(CallFailure) -> IssuedKeys {
    let result = try await call(
      "AssumeRole", fields + Self.secondFactor(device, code), signedWith: keys,
      isRepeatable: code == nil)
    return try issued(result, origin: .role)
  }

  /// `AssumeRoleWithWebIdentity`: unsigned, the token is the proof; `fields` is everything else.
  func role(
    _ fields: [(name: String, value: String)], webIdentity token: Secret
  ) async throws(CallFailure) -> IssuedKeys {
    let proof = (name: "WebIdentityToken", value: token.revealed().trimmed)
    let result = try await call(
      "AssumeRoleWithWebIdentity", fields + [proof], signedWith: nil)
    return try issued(result, origin: .role)
  }

  /// `AssumeRoot`: a session of an account's root user that may do one task.
  func rootSession(
    of account: String, policy: String, seconds: Int64, from keys: AWSKeys
  ) async throws(CallFailure) -> IssuedKeys {
    let fields = [
      (name: "TargetPrincipal", value: account), (name: "TaskPolicyArn.arn", value: policy),
      (name: "DurationSeconds", value: String(seconds)),
    ]
    return try issued(try await call("AssumeRoot", fields, signedWith: keys), origin: .root)
  }

  /// `GetFederationToken`: a session with those rights of a user that a policy names as well; it
  /// takes the user's own keys only, and no second factor.
  func federatedSession(
    named name: String, policy: String, seconds: Int64, from keys: AWSKeys
  ) async throws(CallFailure) -> IssuedKeys {
    let fields = [
      (name: "Name", value: name), (name: "PolicyArns.member.1.arn", value: policy),
      (name: "DurationSeconds", value: String(seconds)),
    ]
    let result = try await call("GetFederationToken", fields, signedWith: keys)
    return try issued(result, origin: .role)
  }

  /// `GetCallerIdentity`; every valid credential may call it.
  func callerIdentity(of keys: AWSKeys) async throws(CallFailure) -> CallerIdentity {
    let result = try await call("GetCallerIdentity", [], signedWith: keys)
    guard let account = result["Account"]?.text, let arn = result["Arn"]?.text,
      let userID = result["UserId"]?.text
    else { throw .unreadable(status: 200) }
    return CallerIdentity(
      account: DisplayText.sanitized(account.trimmed), arn: DisplayText.sanitized(arn.trimmed),
      userID: DisplayText.sanitized(userID.trimmed))
  }

  private static func secondFactor(
    _ device: String?, _ code: Secret?
  ) -> [(name: String, value: String)] {
    guard let device, let code else { return [] }
    return [(name: "SerialNumber", value: device), (name: "TokenCode", value: code.revealed())]
  }

  /// The keys in an answer.
  func issued(
    _ result: XMLElement, origin: AWSKeys.Origin
  ) throws(CallFailure) -> IssuedKeys {
    guard let credentials = result["Credentials"],
      let id = credentials["AccessKeyId"]?.text.trimmed, !id.isEmpty,
      let secret = credentials["SecretAccessKey"]?.text.trimmed, !secret.isEmpty,
      let token = credentials["SessionToken"]?.text.trimmed, !token.isEmpty,
      let end = credentials["Expiration"].flatMap({ UTCDate.rfc3339($0.text.trimmed) })
    else { throw .unreadable(status: 200) }
    return IssuedKeys(
      keys: AWSKeys(
        accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: Secret(token),
        origin: origin),
      expiresAt: end.advanced(bySeconds: -skew),
      principal: (result["AssumedRoleUser", "Arn"] ?? result["FederatedUser", "Arn"]).map {
        DisplayText.sanitized($0.text.trimmed)
      },
      principalID: result["AssumedRoleUser", "AssumedRoleId"].map {
        DisplayText.sanitized($0.text.trimmed)
      })
  }
}
