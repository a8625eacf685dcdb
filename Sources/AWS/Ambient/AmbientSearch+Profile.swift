import Core
import Model

/// Profiles of the shared files.
extension AmbientSearch {
  /// The credential of a profile.
  ///
  /// - Parameter name: The profile.
  /// - Returns: The credential; `nil` when the profile gives none, or is `default` and missing.
  /// - Throws: ``AuthError`` with code `badConfiguration` for profiles that cannot work,
  ///   `notSupported` for ways to sign in that are not, and whatever getting its credential throws.
  func ofProfile(_ name: String) async throws(AuthError) -> Credential? {
    guard let link = try link(of: name) else { return nil }
    return try await credential(of: link)
  }

  /// How a profile gets its credential.
  ///
  /// - Returns: How; `nil` when the profile gives none, or is `default` and missing.
  /// - Throws: ``AuthError`` with code `badConfiguration` for profiles that cannot work.
  func link(of name: String) throws(AuthError) -> ProfileLink? {
    guard config.profiles[name] != nil else {
      // Only the standard profile may be missing without a word.
      if name == "default" { return nil }
      throw AuthError(
        .badConfiguration, "there is no AWS profile `\(DisplayText.sanitized(name))`",
        hints: [
          "\(profile == nil ? "AWS_PROFILE" : "`spec.profile`") names it; "
            + "`aws configure list-profiles` shows what there is"
        ])
    }
    do throws(ProfileFault) {
      return try ProfileResolver(config: config).link(name, isSource: asSource)
    } catch {
      throw AuthError(
        .badConfiguration,
        error.isOfSeveral
          ? error.text : "AWS profile `\(error.profile)` cannot be used: \(error.text)",
        hints: ["it stands in \(error.place)"])
    }
  }

  private func credential(of link: ProfileLink) async throws(AuthError) -> Credential {
    let profile = link.profile
    switch link.means {
    case .role(let base):
      return try await assume(
        profile["role_arn"] ?? "", profile, profile.name,
        from: try await credential(of: base, for: profile.name))
    case .webIdentity(let role, let file):
      return try await webIdentity(
        role: role, tokenFile: file, session: profile["role_session_name"],
        seconds: profile["duration_seconds"].flatMap { Int64($0) }, profile: profile.name)
    case .keys(let pair):
      return Credential(
        .aws(
          AWSKeys(
            accessKeyID: pair.id, secretAccessKey: Secret(pair.secret),
            sessionToken: pair.token.map { Secret($0) },
            origin: pair.token == nil ? .longLived : .userSession)),
        issuedAt: effects.now(), expiresAt: nil, region: regionName)
    case .process(let command):
      return try await ProcessCredentials(
        command: command, profile: profile.name, effects: effects
      ).get()
    case .permissionSet: throw unsupported(profile.name, "IAM Identity Center")
    case .login(let session): return try await login(session, of: profile)
    }
  }

  private func unsupported(_ name: String, _ what: String) -> AuthError {
    let words = ["aws", "configure", "export-credentials", "--profile", name]
    return AuthError(
      .notSupported,
      "AWS profile `\(name)` signs in by \(what), "
        + "which is not supported yet for ambient credentials",
      hints: ["export keys with `\(ShellQuoting.typed(command: words))`"])
  }

  /// The keys of a login of `aws login`.
  private func login(
    _ session: String, of profile: SharedConfig.Section
  ) async throws(AuthError) -> Credential {
    guard !effects.isOfJob else {
      throw AuthError(
        .refused,
        "AWS profile `\(profile.name)` signs in by `aws login`, and a job gets no login of a person"
      )
    }
    // The region that was signed in to is the profile's.
    let region =
      profile["region"] ?? regionName ?? (Partition.ofARN(session) ?? .commercial).defaultRegion
    let endpoint = try ServiceEndpoint.resolve(
      .signIn, region: region, configured: nil, environment: effects.environment,
      profile: config.endpoints(of: profile.name, for: .signIn))
    let command = CLILoginFiles.command(profile: profile.name)
    let files = CLILoginFiles(environment: effects.environment)
    let renewal = CLILoginRenewal(
      session: session, files: files, client: SignInClient(endpoint, effects: effects),
      report: SignInReport(
        identity: identity, endpoint: endpoint, loginCommand: command, newLoginCommand: command,
        regionSetting: "the profile's `region`"), effects: effects)
    let login: CLILogin?
    do throws(AuthError) {
      login = try await renewal.login()
    } catch {
      throw error.code == .badConfiguration ? error.hint("run `\(command)`") : error
    }
    guard let login else {
      throw AuthError(
        .loginRequired, "the login of `aws login` for AWS profile `\(profile.name)` has ended",
        hints: ["run `\(command)`"])
    }
    return login.credential(of: session, region: regionName, at: effects.now())
  }

  private func credential(
    of base: ProfileLink.Base, for name: String
  ) async throws(AuthError) -> Credential {
    switch base {
    case .profile(let link): return try await credential(of: link)
    case .place(let place):
      if let credential = try await ofPlace(place) { return credential }
      throw AuthError(
        .loginRequired,
        "AWS profile `\(name)` finds nothing at its credential_source `\(place.canonicalName)`")
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
    // Anything but a number is ignored, as by the AWS CLI.
    if let seconds = profile["duration_seconds"].flatMap({ Int64($0) }) {
      fields.append((name: "DurationSeconds", value: String(seconds)))
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
