public import Core
public import Model

/// Who AWS says a credential belongs to.
public struct CallerIdentity: Sendable, Hashable {
  /// The account, twelve digits.
  public var account: String
  /// The user's or assumed role's ARN.
  public var arn: String
  /// AWS' unique id of the principal, such as `AROA…:session`.
  public var userID: String

  /// Creates an answer.
  public init(account: String, arn: String, userID: String) {
    self.account = account
    self.arn = arn
    self.userID = userID
  }

  /// Asks STS; no permission is needed for it.
  ///
  /// - Parameters:
  ///   - credential: What to ask about.
  ///   - identity: The identity's name, for errors.
  ///   - effects: Everything outside the process.
  ///   - endpointURL: The identity's `spec.endpoint_url`, if it has one.
  /// - Returns: STS' answer.
  /// - Throws: ``AuthError``: `refused` (`expiredUpstream` when the credential has ended) if AWS
  ///   does not accept the credential, `unavailable` if STS cannot be reached,
  ///   `badConfiguration` if the credential is not of AWS or the endpoint cannot be used.
  public static func ask(
    with credential: Credential, identity: String, effects: Effects, endpointURL: String? = nil
  ) async throws(AuthError) -> CallerIdentity {
    guard let keys = credential.aws else {
      throw AuthError(.badConfiguration, "identity `\(identity)` has no AWS credential to verify")
    }
    let partition = credential.principal.flatMap(Partition.ofARN) ?? .commercial
    let endpoint = try ServiceEndpoint.resolve(
      .sts, region: credential.region ?? partition.defaultRegion, configured: endpointURL,
      effects: effects)
    do {
      return try await STSClient(endpoint, effects: effects).callerIdentity(of: keys)
    } catch {
      throw CallReport(
        action: "GetCallerIdentity", identity: identity, endpoint: endpoint,
        caller: credential.caller
      ).error(for: error, effects)
    }
  }
}

extension Credential {
  /// Who calls, for errors: the ARN when it is known, else the masked access key id.
  var caller: String {
    principal ?? aws?.maskedAccessKeyID ?? "nobody"
  }
}

extension AWSKeys {
  /// The access key id with its middle left out, such as `ASIA…X4FQ`.
  var maskedAccessKeyID: String { Self.masked(accessKeyID) }

  /// An access key id with its middle left out.
  static func masked(_ accessKeyID: String) -> String {
    let id = DisplayText.sanitized(accessKeyID)
    return id.count > 12 ? "\(id.prefix(4))…\(id.suffix(4))" : "\(id.prefix(2))…"
  }
}
