import Core
import Model

extension Kind {
  /// `aws/assume-role`: a role, from any AWS link or an identity token.
  static let assumeRole = Kind(
    "aws/assume-role", .identity, summary: "An IAM role, assumed with the link before it.",
    fields: [
      Field(
        "principal.assume_role", .arn(service: "iam", resource: "role"), required: true,
        optionalAfter: .assertion,
        "ARN of the role; after a SAML provider you may leave it out and choose at each login."),
      Field("principal.external_id", .text, "External id that the role's trust policy asks for."),
      Field(
        "principal.session_name", .text,
        "Name of the session in logs; default `atmos-<identity>-<time>`."),
      Field(
        "principal.duration", .duration,
        "Length of the session, 15 minutes to what the role allows; default: AWS', 1 hour."),
      Field(
        "principal.region", .region,
        "Region whose STS is called and that tools use; default: the link before's."),
      Field("principal.tags", .map, "Session tags."),
      Field("principal.transitive_tag_keys", .texts, "Tags that further roles inherit."),
      Field("principal.source_identity", .text, "Source identity; it stays through all roles."),
      Field("principal.policy", .text, "JSON policy that narrows what the session may do."),
      Field("principal.policy_arns", .texts, "Managed policies that narrow it."),
      Field(
        "principal.mfa_arn", .any,
        "MFA device whose code the role asks for: ARN or serial number. Not read by atmos."),
      .codeSources,
    ] + Field.endpoints,
    via: .required, gives: .keys, takes: [.keys, .identityToken, .assertion],
    check: AssumeRoleSource.check,
    makeSource: { definition throws(AuthError) in try AssumeRoleSource(definition) })
}

/// Assumes a role.
struct AssumeRoleSource: CredentialSource {
  let name: String
  /// The role; `nil` for one that is chosen from those of a SAML assertion.
  let role: String?
  let region: String?
  private(set) var duration: Int64?
  private let sessionName: String?
  let mfaARN: String?
  let endpointURL: String?
  private let codeSources: [CodeSource]?
  let hasExternalID: Bool
  /// The keys under `principal` that mean nothing to AssumeRoleWithSAML.
  let unusedAfterSAML: [String]
  /// What STS is told beside the role, the session's name and its length.
  private(set) var fixedFields: [(name: String, value: String)]

  private(set) var traits: [Trait]

  func personNeed(
    after previous: Credential?, realm: String, effects: Effects
  ) async -> PersonNeed {
    // Whether there is a choice shows in the assertion. Where nobody can be asked it is gotten all the
    // same: its only role is taken, and several are listed.
    if role == nil { return effects.interaction == nil ? .unneeded : .present }
    guard let mfaARN else { return .unneeded }
    return await effects.codes.personNeed(for: codeRequest(mfaARN), effects: effects)
  }

  private func codeRequest(_ device: String) -> CodeRequest {
    CodeRequest(device: device, identity: name, sources: codeSources)
  }

  init(_ definition: Definition) throws(AuthError) {
    let role = definition.text("principal", "assume_role")
    guard role != nil || definition.viaProvider != nil else {
      throw Self.noRole(definition.name)
    }
    name = definition.name
    self.role = role
    region = definition.text("principal", "region")
    duration = definition.seconds("principal", "duration")
    sessionName = definition.text("principal", "session_name").map(SessionName.cleaned)
    mfaARN = definition.text("principal", "mfa_arn")
    endpointURL = definition.endpointURL
    codeSources = definition.codeSources?.sources
    let externalID = definition.text("principal", "external_id")
    hasExternalID = externalID != nil

    unusedAfterSAML = Self.fieldsOfAssumeRole.filter {
      definition.node["principal", $0] != nil
    }

    var fields: [(name: String, value: String)] = []
    var traits = [Trait("role", role ?? "chosen at login")]
    if let region { traits.append(Trait("region", region)) }
    if let externalID {
      fields.append((name: "ExternalId", value: externalID))
      traits.append(
        Trait("external_id", definition.shownText("principal", "external_id") ?? externalID))
    }
    if let sessionName { traits.append(Trait("session_name", sessionName)) }
    if let duration { traits.append(Trait("duration", String(duration))) }
    let tags = definition.node["principal", "tags"]?.entries ?? []
    for (index, tag) in tags.enumerated() {
      let value = tag.value.text ?? ""
      fields.append((name: "Tags.member.\(index + 1).Key", value: tag.key))
      fields.append((name: "Tags.member.\(index + 1).Value", value: value))
      traits.append(Trait("tag \(tag.key)", value))
    }
    for (index, key) in definition.texts("principal", "transitive_tag_keys").enumerated() {
      fields.append((name: "TransitiveTagKeys.member.\(index + 1)", value: key))
      traits.append(Trait("transitive_tag_key", key))
    }
    if let source = definition.text("principal", "source_identity") {
      fields.append((name: "SourceIdentity", value: source))
      traits.append(Trait("source_identity", source))
    }
    if let policy = definition.text("principal", "policy") {
      fields.append((name: "Policy", value: policy))
      traits.append(Trait("policy", policy))
    }
    for (index, arn) in definition.texts("principal", "policy_arns").enumerated() {
      fields.append((name: "PolicyArns.member.\(index + 1).arn", value: arn))
      traits.append(Trait("policy_arn", arn))
    }
    if let mfaARN { traits.append(Trait("mfa", mfaARN)) }
    if let endpointURL { traits.append(Trait("endpoint", endpointURL)) }
    fixedFields = fields
    self.traits = traits
  }

  /// Whether it has session policies of its own.
  var hasPolicies: Bool { fixedFields.contains { $0.name.hasPrefix("Policy") } }

  /// Adds session policies.
  mutating func take(policy: String?, names: [String]) {
    if let policy {
      fixedFields.append((name: "Policy", value: policy))
      traits.append(Trait("policy", policy))
    }
    for (index, name) in names.enumerated() {
      fixedFields.append((name: "PolicyArns.member.\(index + 1).arn", value: name))
      traits.append(Trait("policy_arn", name))
    }
  }

  /// Makes sessions no longer than `seconds`; without a length of their own they last an hour.
  mutating func shorten(to seconds: Int64) {
    let length = min(duration ?? 3600, seconds)
    duration = length
    traits.removeAll { $0.name == "duration" }
    traits.append(Trait("duration", String(length)))
  }

  private static let fieldsOfAssumeRole = [
    "external_id", "session_name", "tags", "transitive_tag_keys", "source_identity", "mfa_arn",
  ]

  static func noRole(_ name: String) -> AuthError {
    AuthError(
      .badConfiguration, "identity `\(name)`: `principal.assume_role` is missing or empty",
      hints: ["it looks like `arn:aws:iam::123456789012:role/Deploy`"])
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    if let upstream = request.upstream, let token = IdentityToken(upstream) {
      return try await withWebIdentity(token, upstream, request)
    }
    if let upstream = request.upstream, let assertion = SAMLAssertion(upstream) {
      return try await credential(of: assertion, upstream, request)
    }
    guard let upstream = request.upstream, let keys = upstream.aws else {
      throw AuthError(
        .badConfiguration,
        "identity `\(name)` assumes a role, but the link before it gives no AWS credential",
        hints: [
          "point `via` of `\(name)` at an AWS identity, such as one of kind `aws/user`, or at a "
            + "provider of identity tokens, such as `github/oidc`"
        ])
    }
    guard let role else { throw Self.noRole(name) }
    let partition = Partition.ofARN(role) ?? .commercial
    let region = region ?? upstream.region
    let endpoint = try ServiceEndpoint.resolve(
      .sts, region: region ?? partition.defaultRegion, configured: endpointURL,
      effects: request.effects)
    let client = STSClient(endpoint, effects: request.effects)
    let report = CallReport(
      action: "AssumeRole", identity: name, endpoint: endpoint, caller: upstream.caller,
      target: role, hasExternalID: hasExternalID, hasCode: mfaARN != nil,
      mfaKey: mfaARN == nil ? nil : "principal.mfa_arn")

    let issued: IssuedKeys
    let isChained = keys.origin.isRole
    let seconds = sessionLength(isChained: isChained, notice: request.effects.notice)
    if let mfaARN {
      let now = request.effects.now
      issued = try await SecondFactor(codeRequest(mfaARN), effects: request.effects).perform(
        refusal: { (failure: CallFailure) in failure.codeRefusal(skew: client.skew, now: now()) },
        report: { failure in report.error(for: failure, request.effects) },
        { (code) async throws(CallFailure) in
          try await client.role(
            fields(role, seconds, request), from: keys, device: mfaARN, code: code)
        })
    } else {
      do {
        issued = try await assume(role, client, keys, seconds, request)
      } catch {
        throw report.error(for: error, request.effects)
      }
    }
    return issued.credential(
      issuedAt: request.effects.now(), region: region, account: ARN.account(role),
      device: mfaARN)
  }

  /// Keys from the environment do not show whether they are a role's; STS knows, and says so.
  private func assume(
    _ role: String, _ client: STSClient, _ keys: AWSKeys, _ seconds: Int64?,
    _ request: LinkRequest
  ) async throws(CallFailure) -> IssuedKeys {
    do {
      return try await client.role(
        fields(role, seconds, request), from: keys, device: nil, code: nil)
    } catch {
      guard case .refused(let refusal) = error, refusal.code == "ValidationError",
        refusal.message.lowercased().contains("role chaining"), let seconds, seconds > 3600
      else { throw error }
      request.effects.notice(chainingNotice(seconds))
      return try await client.role(
        fields(role, 3600, request), from: keys, device: nil, code: nil)
    }
  }

  /// The call's input, but the second factor.
  func fields(
    _ role: String, _ seconds: Int64?, _ request: LinkRequest
  ) -> [(name: String, value: String)] {
    let now = request.effects.now()
    let session =
      sessionName ?? personalName(request, at: now) ?? SessionName.standard(for: name, at: now)
    var fields = [(name: "RoleArn", value: role), (name: "RoleSessionName", value: session)]
    if let seconds { fields.append((name: "DurationSeconds", value: String(seconds))) }
    return fields + fixedFields
  }

  /// The name of a session that one command gets after a second factor: whose, and for what.
  private func personalName(_ request: LinkRequest, at now: Instant) -> String? {
    guard let purpose = request.effects.purpose,
      let device = mfaARN ?? request.upstream?.proof?.device
    else { return nil }
    return SessionName.cleaned(
      "\(MFADevice.person(device))-\(purpose)-\(name)-\(now.secondsSince1970)")
  }

  /// The seconds to ask for, within what AWS allows; `nil` to leave it to AWS.
  func sessionLength(isChained: Bool, notice: (String) -> Void) -> Int64? {
    guard let duration else { return nil }
    if isChained, duration > 3600 {
      notice(chainingNotice(duration))
      return 3600
    }
    let length = min(max(duration, 900), 43200)
    if length != duration {
      notice(
        "principal.duration of `\(name)` is \(DurationText.text(duration)); AWS allows 15m to 12h, "
          + "so it is \(DurationText.text(length))")
    }
    return length
  }

  func expectation(after upstream: String?) -> Expectation {
    let isChained = upstream.flatMap(AWSKeys.Origin.init)?.isRole ?? false
    let length = min(max(duration ?? 3600, 900), isChained ? 3600 : 43200)
    let isCapped = duration.map { isChained && $0 > 3600 } ?? false
    return Expectation(
      lifetime: length, note: AWSKeys.Origin.role.rawValue,
      cap: isCapped ? "a role assumed from a role lasts 1h at most" : nil)
  }

  private func chainingNotice(_ seconds: Int64) -> String {
    "principal.duration of `\(name)` is \(DurationText.text(seconds)); a role assumed from a role "
      + "lasts at most 1h, so it is 1h"
  }
}
