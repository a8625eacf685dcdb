import Core
import Model

extension Kind {
  /// `aws/user`: an IAM user's long-lived keys, exchanged for a session, or a sign-in in a browser.
  static let awsUser = Kind(
    "aws/user", .identity,
    summary: "A session of an IAM user, from its access keys or a sign-in in a browser.",
    fields: [
      Field(
        "credentials.access_key_id", .any,
        "Access key id, with the next field; else the keys come from the keyring."),
      Field(
        "credentials.secret_access_key", .any, secret: true,
        "Secret access key; best with `!env`."),
      Field("credentials.mfa_arn", .any, "The user's MFA device: its ARN or serial number."),
      Field(
        "credentials.region", .region,
        "Region whose STS is called; default: the partition's, such as `us-east-1`."),
      Field(
        "credentials.webflow_enabled", .bool,
        "Whether a user without access keys signs in in a browser; default `true`."),
      Field(
        "session.duration", .duration,
        "Length of the session, 15 minutes to 12 hours, with MFA to 36; default 12 hours."),
      Field(
        "spec.store", .oneOf(["aws-cli"]),
        "Keeps a login of the browser where `aws login` does, in plain text, so that the AWS CLI has "
          + "it as well. Not read by atmos."),
      .codeSources,
    ] + Field.endpoints,
    via: .forbidden, gives: .keys, storesKeys: true, listedProvider: "aws-user",
    check: { definition in
      var faults = definition.faultsOfDevice(["credentials", "mfa_arn"])
      let id = definition.node["credentials", "access_key_id"]
      let secret = definition.node["credentials", "secret_access_key"]
      for (value, key) in [(id, "access_key_id"), (secret, "secret_access_key")] {
        if let value, value.text == nil {
          faults.append(
            definition.fault(.error, ["credentials", key], "`credentials.\(key)` must be text"))
        }
      }
      if (id == nil) != (secret == nil) {
        let missing = id == nil ? "access_key_id" : "secret_access_key"
        faults.append(
          definition.fault(
            .error, ["credentials"], "`credentials.\(missing)` is missing",
            suggestion: "give both keys, or neither and store them in the keyring"))
      }
      return faults + (definition.codeSources?.faults ?? [])
    },
    makeSource: { definition throws(AuthError) in try AWSUserSource(definition) })
}

extension AWSUserSource: ConsoleSource {
  /// The console takes no session of GetSessionToken, but a federated one, and one of a browser.
  func consoleCredential(
    seconds: Int64, realm: String, session: @escaping () async throws(AuthError) -> Credential,
    effects: Effects
  ) async throws(AuthError) -> Credential {
    if settings.configuredKeys == nil, settings.signsInInBrowser,
      try await storedKeys(LinkRequest(realm: realm, upstream: nil, effects: effects)) == nil
    {
      // Nothing is left to federate with; the session is one of the console already.
      return try await session()
    }
    return try await FederatedUser(
      UserKeys(settings, realm: realm, effects: effects, session: session)
    ).credential(seconds: seconds)
  }
}

/// Gets sessions of an IAM user.
struct AWSUserSource: CredentialSource {
  private(set) var settings: UserSettings
  private var duration: Int64?
  private let codeSources: [CodeSource]?

  var name: String { settings.name }
  private var configured: AWSKeys? { settings.configuredKeys }
  private var mfaARN: String? { settings.mfaARN }
  private var region: String? { settings.region }
  private var endpointURL: String? { settings.endpointURL }

  private(set) var traits: [Trait]
  /// Whether stored keys are left alone, and a browser is opened.
  var opensBrowser = false
  /// Whether the keyring was asked and has no keys.
  private var hasNoKeys = false

  /// With the device and the length that are stored with the keys, where the definition has none.
  func withStored(realm: String, effects: Effects) async -> any CredentialSource {
    guard configured == nil else { return self }
    var source = self
    let stored: StoredKeys
    do throws(AuthError) {
      let found = try await storedKeys(LinkRequest(realm: realm, upstream: nil, effects: effects))
      guard let found else {
        source.hasNoKeys = true
        return source
      }
      stored = found
    } catch {
      return self
    }
    if mfaARN == nil, let device = stored.mfaARN {
      source.settings.mfaARN = device
      source.traits.append(Trait("mfa", device))
    }
    source.duration = duration ?? stored.sessionDuration.flatMap(DurationText.seconds)
    return source
  }

  /// A device that is stored with the keys shows in the credential before.
  func personNeed(
    after previous: Credential?, realm: String, effects: Effects
  ) async -> PersonNeed {
    if renewsFirst, previous?.isRenewable(at: effects.now()) == true { return .unneeded }
    if await needsBrowser(after: previous, realm: realm, effects: effects) {
      if hasCLILogin(after: previous, effects) { return .unneeded }
      return BrowserSignIn.personNeed(effects)
    }
    guard let device = mfaARN ?? previous?.mfaDevice else { return .unneeded }
    return await effects.codes.personNeed(for: codeRequest(device), effects: effects)
  }

  /// Keys in the keyring may bring a length of their own, which is known only on the way.
  func expectation(after upstream: String?) -> Expectation {
    if hasNoKeys, settings.signsInInBrowser {
      return Expectation(lifetime: 900, note: AWSKeys.Origin.userSession.rawValue)
    }
    return Expectation(
      lifetime: sessionLength(duration, hasDevice: mfaARN != nil, notice: { _ in }),
      note: AWSKeys.Origin.userSession.rawValue)
  }

  init(_ definition: Definition) throws(AuthError) {
    let id = definition.text("credentials", "access_key_id")
    let secret = definition.text("credentials", "secret_access_key")
    guard (id == nil) == (secret == nil) else {
      throw definition.broken(
        "`credentials.\(id == nil ? "access_key_id" : "secret_access_key")` is missing or empty",
        hint: "give both keys, or neither and store them in the keyring")
    }
    settings = UserSettings(definition)
    duration = definition.seconds("session", "duration")
    codeSources = definition.codeSources?.sources

    var traits = [Trait("keys", settings.configuredKeys?.maskedAccessKeyID ?? "keyring")]
    if let mfaARN = settings.mfaARN { traits.append(Trait("mfa", mfaARN)) }
    if let region = settings.region { traits.append(Trait("region", region)) }
    if let duration { traits.append(Trait("duration", String(duration))) }
    if let endpointURL = settings.endpointURL { traits.append(Trait("endpoint", endpointURL)) }
    self.traits = traits
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    if opensBrowser { return try await browserSignIn(request).signIn() }
    if let renewed = try await renewed(request) { return renewed }
    var codes: SecondFactor?
    if let configured { return try await session(of: configured, nil, request, &codes) }
    guard let stored = try await storedKeys(request) else {
      if let credential = await ofCLI(request) { return credential }
      guard settings.signsInInBrowser, BrowserSignIn.personNeed(request.effects) == .present else {
        throw noKeys(after: request.previous, request.effects)
      }
      return try await browserSignIn(request).signIn()
    }
    do throws(AuthError) {
      return try await session(of: stored.longLived, stored, request, &codes)
    } catch {
      guard let refusal = invalidKeys(stored, error) else { throw error }
      guard let interaction = request.effects.interaction else { throw refusal }
      request.effects.notice("\(refusal.message); type the ones that replace them")
      let replacement = try await replacement(of: stored, interaction)
      let credential = try await session(
        of: replacement.longLived, replacement, request, &codes)
      await store(replacement, request)
      return credential
    }
  }

  func checkStored(
    after previous: Credential?, realm: String, effects: Effects
  ) async throws(AuthError) {
    guard configured == nil, !opensBrowser,
      await effects.keyring.isMissing(KeyringEntry.stored(realm: realm, name: name))
    else { return }
    if settings.signsInInBrowser,
      await personNeed(after: previous, realm: realm, effects: effects) != .absent
    {
      return
    }
    throw noKeys(after: previous, effects)
  }

  private func codeRequest(_ device: String) -> CodeRequest {
    CodeRequest(device: device, identity: name, sources: codeSources)
  }

  /// A session of `keys`; `codes` are the login's, once there are some.
  private func session(
    of keys: AWSKeys, _ stored: StoredKeys?, _ request: LinkRequest,
    _ codes: inout SecondFactor?
  ) async throws(AuthError) -> Credential {
    try refuseTemporary(keys, request.effects)
    let device = mfaARN ?? stored?.mfaARN
    let region = region ?? stored?.region
    let partition = device.flatMap(Partition.ofARN) ?? .commercial
    let endpoint = try ServiceEndpoint.resolve(
      .sts, region: region ?? partition.defaultRegion, configured: endpointURL,
      effects: request.effects)
    let seconds = sessionLength(
      duration ?? stored?.sessionDuration.flatMap(DurationText.seconds), hasDevice: device != nil,
      notice: request.effects.notice)

    let client = STSClient(endpoint, effects: request.effects)
    let report = CallReport(
      action: "GetSessionToken", identity: name, endpoint: endpoint,
      caller: keys.maskedAccessKeyID, hasCode: device != nil, mfaKey: "credentials.mfa_arn",
      storesKeys: true)
    let issued: IssuedKeys
    if let device {
      let now = request.effects.now
      let factor = codes ?? SecondFactor(codeRequest(device), effects: request.effects)
      codes = factor
      issued = try await factor.perform(
        refusal: { (failure: CallFailure) in failure.codeRefusal(skew: client.skew, now: now()) },
        report: { failure in report.error(for: failure, request.effects) },
        { (code) async throws(CallFailure) in
          try await client.sessionToken(of: keys, seconds: seconds, device: device, code: code)
        })
    } else {
      do {
        issued = try await client.sessionToken(
          of: keys, seconds: seconds, device: nil, code: nil)
      } catch {
        throw report.error(for: error, request.effects)
      }
    }
    return issued.credential(
      issuedAt: request.effects.now(), region: region, account: device.flatMap(ARN.account),
      device: device)
  }

  private func noKeys(after previous: Credential?, _ effects: Effects) -> AuthError {
    if previous?.renewal != nil || previous?.principal != nil {
      return AuthError(
        .loginRequired, "the browser's login of identity `\(name)` has ended",
        hints: ["run `\(effects.typed("login", name))` in a terminal"])
    }
    var error = AuthError(.loginRequired, "identity `\(name)` has no access keys")
    if let expression = settings.keysExpression {
      error = error.hint(
        "`credentials.access_key_id` is `\(DisplayText.sanitized(expression))`, "
          + "which is empty here")
    }
    error = error.hint("store them with `\(configureCommand(effects))`")
    if settings.signsInInBrowser {
      error = error.hint("or sign in in a browser: `\(effects.typed("login", name))` in a terminal")
    }
    return error
  }

  /// `ASIA` keys are half of a session; GetSessionToken takes only a user's own keys.
  private func refuseTemporary(_ keys: AWSKeys, _ effects: Effects) throws(AuthError) {
    guard keys.accessKeyID.hasPrefix("ASIA") else { return }
    throw AuthError(
      .badConfiguration,
      "the access key \(keys.maskedAccessKeyID) of identity `\(name)` belongs to a session, "
        + "not to an IAM user",
      hints: [
        "long-lived keys begin with `AKIA`; store them with `\(configureCommand(effects))`"
      ])
  }

  /// STS' limits, and atmos' twelve hours for sessions without a second factor.
  private func sessionLength(
    _ wanted: Int64?, hasDevice: Bool, notice: (String) -> Void
  ) -> Int64 {
    guard let wanted else { return 43200 }
    let allowed = 900...(hasDevice ? Int64(129_600) : 43200)
    let length = min(max(wanted, allowed.lowerBound), allowed.upperBound)
    if length != wanted {
      notice(
        "session.duration of `\(name)` is \(DurationText.text(wanted)); AWS allows 15m to "
          + "\(hasDevice ? "36h" : "12h without MFA"), so it is \(DurationText.text(length))")
    }
    return length
  }
}
