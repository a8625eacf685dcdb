import Core
import Model

extension Kind {
  /// `aws/assume-root`: the root user of a member account, for one task.
  static let assumeRoot = Kind(
    "aws/assume-root", .identity, summary: "One task as the root user of a member account.",
    fields: [
      Field("principal.target_principal", .accountID, required: true, "The member account."),
      Field(
        "principal.task_policy_arn", .text, required: true,
        "The AWS managed policy of the one task that the session is for."),
      Field(
        "principal.duration", .duration, "Length of the session, 15 minutes at most and by default."
      ),
      Field(
        "principal.region", .region,
        "Region whose STS is called and that tools use; default: the link before's."),
    ] + Field.endpoints,
    via: .required, gives: .keys, takes: [.keys],
    check: AssumeRootSource.check,
    makeSource: { definition throws(AuthError) in try AssumeRootSource(definition) })
}

/// Gets a root session of a member account.
///
/// It lasts 15 minutes. What decides about renewal goes by the lifetime
/// (``Credential/renewalMargin``), so that such a session is used and not replaced for ever.
struct AssumeRootSource: CredentialSource {
  /// The longest session, in seconds.
  static let longest: Int64 = 900

  private let name: String
  private let account: String
  private let policy: String
  private let region: String?
  private let duration: Int64?
  private let endpointURL: String?

  let traits: [Trait]

  func expectation(after upstream: String?) -> Expectation {
    let isCapped = duration.map { $0 > Self.longest } ?? false
    return Expectation(
      lifetime: min(duration ?? Self.longest, Self.longest), note: AWSKeys.Origin.root.rawValue,
      cap: isCapped ? "a root session lasts 15m at most" : nil)
  }

  init(_ definition: Definition) throws(AuthError) {
    guard let account = definition.text("principal", "target_principal") else {
      throw definition.broken(
        "`principal.target_principal` is missing or empty",
        hint: "it is the number of a member account, such as `\"123456789012\"`")
    }
    guard let policy = definition.text("principal", "task_policy_arn") else {
      throw definition.broken(
        "`principal.task_policy_arn` is missing or empty",
        hint: "it looks like `\(RootTask.prefix(.commercial))\(RootTask.names[0])`")
    }
    name = definition.name
    self.account = account
    self.policy = policy
    region = definition.text("principal", "region")
    duration = definition.seconds("principal", "duration")
    endpointURL = definition.endpointURL
    var traits = [Trait("root_of", account), Trait("task", policy)]
    if let region { traits.append(Trait("region", region)) }
    if let duration { traits.append(Trait("duration", String(duration))) }
    if let endpointURL { traits.append(Trait("endpoint", endpointURL)) }
    self.traits = traits
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    guard let upstream = request.upstream, let keys = upstream.aws else {
      throw AuthError(
        .badConfiguration,
        "identity `\(name)` becomes root, but the link before it gives no AWS credential",
        hints: ["point `via` of `\(name)` at an identity of the organization's management account"])
    }
    let partition = Partition.ofARN(policy) ?? .commercial
    let region = region ?? upstream.region
    if let region, Partition.ofRegion(region) != partition {
      throw AuthError(
        .badConfiguration,
        "identity `\(name)`: the task policy is of partition `\(partition.name)`, "
          + "but region `\(region)` is not",
        hints: [
          "begin `principal.task_policy_arn` with `\(RootTask.prefix(Partition.ofRegion(region)))`"
        ])
    }
    let endpoint = try regionalEndpoint(region ?? partition.defaultRegion, request.effects)
    let seconds = min(duration ?? Self.longest, Self.longest)
    if let duration, duration > Self.longest {
      request.effects.notice(
        "principal.duration of `\(name)` is \(DurationText.text(duration)); a root session lasts "
          + "at most 15m, so it is 15m")
    }
    do {
      return try await STSClient(endpoint, effects: request.effects)
        .rootSession(of: account, policy: policy, seconds: seconds, from: keys)
        .credential(issuedAt: request.effects.now(), region: region, account: account)
    } catch {
      throw CallReport(
        action: "AssumeRoot", identity: name, endpoint: endpoint, caller: upstream.caller,
        deniedHints: { Self.reasons(caller: $0, account: account) }
      ).error(for: error, request.effects)
    }
  }

  /// STS' address in a region; the one global address does not know the action.
  private func regionalEndpoint(
    _ region: String, _ effects: Effects
  ) throws(AuthError) -> ServiceEndpoint {
    var effects = effects
    effects.environment["AWS_STS_REGIONAL_ENDPOINTS"] = "regional"
    let endpoint = try ServiceEndpoint.resolve(
      .sts, region: region, configured: endpointURL, effects: effects)
    guard Address(endpoint.url)?.host != "sts.amazonaws.com" else {
      throw AuthError(
        .badConfiguration,
        "identity `\(name)` becomes root, which the global STS at \(endpoint.url) does not offer",
        hints: ["name a regional one, such as `https://sts.\(region).amazonaws.com`"])
    }
    return endpoint
  }

  // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html
  private static func reasons(caller: String, account: String) -> [String] {
    [
      "\(caller) needs `sts:AssumeRoot` on \(account) for this task, and must be of the "
        + "organization's management account or of the account that IAM is delegated to",
      "root sessions must be on: `aws iam enable-organizations-root-sessions` in the management "
        + "account",
      "\(account) must be a member account of the organization; the management account has no "
        + "root sessions",
    ]
  }
}

/// The tasks that root sessions are for.
///
/// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-privileged-task.html
enum RootTask {
  static let names = [
    "IAMAuditRootUserCredentials", "IAMCreateRootUserPassword", "IAMDeleteRootUserCredentials",
    "S3UnlockBucketPolicy", "SQSUnlockQueuePolicy",
  ]

  /// How the ARNs of their policies begin in a partition.
  static func prefix(_ partition: Partition) -> String {
    "arn:\(partition.name):iam::aws:policy/root-task/"
  }
}

extension AssumeRootSource {
  /// What the fields' types do not say.
  static func check(_ definition: Definition) -> [Diagnostic] {
    policyFaults(definition) + durationFaults(definition)
  }

  private static func policyFaults(_ definition: Definition) -> [Diagnostic] {
    let path = ["principal", "task_policy_arn"]
    guard let arn = definition.text("principal", "task_policy_arn") else { return [] }
    func fault(
      _ severity: Diagnostic.Severity, _ what: String, _ suggestion: String?
    ) -> [Diagnostic] {
      var fault = definition.fault(severity, path, what, suggestion: suggestion)
      fault.code = "bad-arn"
      return [fault]
    }
    let prefix = RootTask.prefix(Partition.ofARN(arn) ?? .commercial)
    guard arn.hasPrefix(prefix) else {
      return fault(
        .error, "`principal.task_policy_arn` must begin with `\(prefix)`",
        RootTask.names.contains(arn) ? "write `\(prefix)\(arn)`" : nil)
    }
    let task = String(arn.dropFirst(prefix.count))
    if !RootTask.names.contains(task) {
      // A name that is nearly right is a slip; any other may be a task that AWS added.
      let near = NearName.nearest(to: task, in: RootTask.names)
      return fault(
        near == nil ? .warning : .error, "AWS is not known to have this root task",
        near.map { "did you mean `\($0)`?" }
          ?? "known are \(RootTask.names.joined(separator: ", "))")
    }
    if let region = definition.text("principal", "region"),
      let partition = Partition.ofARN(arn), Partition.ofRegion(region) != partition
    {
      return [
        definition.fault(
          .error, ["principal", "region"],
          "region `\(region)` is not in the task policy's partition `\(partition.name)`",
          suggestion: "use a region such as `\(partition.defaultRegion)`")
      ]
    }
    return []
  }

  private static func durationFaults(_ definition: Definition) -> [Diagnostic] {
    guard let seconds = definition.seconds("principal", "duration"), seconds > longest else {
      return []
    }
    return [
      definition.fault(
        .warning, ["principal", "duration"],
        "`principal.duration` is \(DurationText.text(seconds)), and a root session lasts at most 15m",
        suggestion: "write `15m`")
    ]
  }
}
