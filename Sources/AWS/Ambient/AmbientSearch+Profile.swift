import Core
import Model

/// Profiles of the shared files.
extension AmbientSearch {
  /// The credential of a profile.
  ///
  /// - Parameters:
  ///   - name: The profile.
  ///   - visited: The profiles whose `source_profile` led here.
  /// - Returns: The credential; `nil` when the profile gives none, or is `default` and missing.
  /// - Throws: ``AuthError`` with code `badConfiguration` for profiles that cannot work,
  ///   `notSupported` for ways to sign in that are not, and whatever getting its credential throws.
  func ofProfile(_ name: String, visited: [String]) async throws(AuthError) -> Credential? {
    guard let profile = config.profiles[name] else {
      // Only the standard profile may be missing without a word.
      guard name != "default" || !visited.isEmpty else { return nil }
      throw AuthError(
        .badConfiguration, "there is no AWS profile `\(DisplayText.sanitized(name))`",
        hints: [
          visited.last.map { "profile `\($0)` names it as its source_profile" }
            ?? "AWS_PROFILE names it; `aws configure list-profiles` shows what there is"
        ])
    }
    if let role = profile["role_arn"] {
      if let file = profile["web_identity_token_file"] {
        return try await webIdentity(
          role: role, tokenFile: file, session: profile["role_session_name"],
          seconds: profile["duration_seconds"].flatMap { Int64($0) }, profile: name)
      }
      let base = try await base(of: profile, name, visited: visited)
      return try await assume(role, profile, name, from: base)
    }
    if profile["sso_session"] != nil || profile["sso_start_url"] != nil {
      throw AuthError(
        .notSupported,
        "AWS profile `\(name)` signs in by IAM Identity Center, "
          + "which is not supported yet for ambient credentials",
        hints: [Self.exportHint(name)])
    }
    if let credential = keys(of: profile) { return credential }
    if profile["login_session"] != nil {
      throw AuthError(
        .notSupported,
        "AWS profile `\(name)` signs in by `aws login`, "
          + "which is not supported yet for ambient credentials",
        hints: [Self.exportHint(name)])
    }
    if let command = profile["credential_process"] {
      return try await ProcessCredentials(command: command, profile: name, effects: effects).get()
    }
    return nil
  }

  private static func exportHint(_ name: String) -> String {
    let words = ["aws", "configure", "export-credentials", "--profile", name]
    return "export keys with `\(ShellQuoting.typed(command: words))`"
  }

  private func keys(of profile: SharedConfig.Section) -> Credential? {
    guard let id = profile["aws_access_key_id"], let secret = profile["aws_secret_access_key"]
    else { return nil }
    let token = profile["aws_session_token"]
    return Credential(
      .aws(
        AWSKeys(
          accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: token.map { Secret($0) },
          origin: token == nil ? .longLived : .userSession)),
      issuedAt: effects.now(), expiresAt: nil, region: regionName)
  }

  private func base(
    of profile: SharedConfig.Section, _ name: String, visited: [String]
  ) async throws(AuthError) -> Credential {
    switch (profile["source_profile"], profile["credential_source"]) {
    case (let source?, nil):
      // A profile may depend on its own keys.
      if source == name, let own = keys(of: profile) { return own }
      let path = visited + [name]
      guard !path.contains(source) else {
        throw AuthError(
          .badConfiguration,
          "the source_profile settings form a circle: "
            + (path + [source]).joined(separator: " → "))
      }
      if let credential = try await ofProfile(source, visited: path) { return credential }
      throw AuthError(
        .badConfiguration, "AWS profile `\(source)` has no credential for profile `\(name)`")
    case (nil, let source?):
      if let credential = try await credential(ofSource: source, name) { return credential }
      throw AuthError(
        .loginRequired, "AWS profile `\(name)` finds nothing at its credential_source `\(source)`")
    default:
      throw AuthError(
        .badConfiguration,
        "AWS profile `\(name)` has `role_arn`, and so needs either `source_profile` "
          + "or `credential_source`")
    }
  }

  private func credential(
    ofSource source: String, _ name: String
  ) async throws(AuthError) -> Credential? {
    switch source {
    case "Environment": return try ofVariables()
    case "EcsContainer": return try await ContainerCredentials(effects: effects).find()
    case "Ec2InstanceMetadata": return try await InstanceMetadata(effects: effects).find()
    default:
      throw AuthError(
        .badConfiguration, "AWS profile `\(name)` has an unknown credential_source `\(source)`",
        hints: ["it is `Environment`, `EcsContainer` or `Ec2InstanceMetadata`"])
    }
  }

  private func assume(
    _ role: String, _ profile: SharedConfig.Section, _ name: String, from base: Credential
  ) async throws(AuthError) -> Credential {
    guard let keys = base.aws else { return base }
    var fields = [
      (name: "RoleArn", value: role),
      (
        name: "RoleSessionName",
        value: profile["role_session_name"] ?? SessionName.standard(for: name, at: effects.now())
      ),
    ]
    if let seconds = profile["duration_seconds"] {
      fields.append((name: "DurationSeconds", value: seconds))
    }
    if let id = profile["external_id"] { fields.append((name: "ExternalId", value: id)) }

    let endpoint = try endpoint(for: role, profile: name)
    let client = STSClient(endpoint, effects: effects)
    let device = profile["mfa_serial"]
    let report = CallReport(
      action: "AssumeRole", identity: identity, endpoint: endpoint, caller: base.caller,
      target: role, hasExternalID: profile["external_id"] != nil, hasCode: device != nil,
      mfaKey: device == nil ? nil : "mfa_serial")
    let issued: IssuedKeys
    if let device {
      let request = CodeRequest(device: device, identity: identity, sources: codeSources)
      let now = effects.now
      issued = try await SecondFactor(request, effects: effects).perform(
        refusal: { (failure: CallFailure) in failure.codeRefusal(skew: client.skew, now: now()) },
        report: { failure in report.error(for: failure, effects) },
        { (code) async throws(CallFailure) in
          try await client.role(fields, from: keys, device: device, code: code)
        })
    } else {
      do {
        issued = try await client.role(fields, from: keys, device: nil, code: nil)
      } catch {
        throw report.error(for: error, effects)
      }
    }
    return issued.credential(
      issuedAt: effects.now(), region: regionName, device: device)
  }
}
