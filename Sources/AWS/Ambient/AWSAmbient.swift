import Core
import Model

extension Kind {
  /// `aws/ambient`: what the AWS SDKs would find by themselves.
  static let awsAmbient = Kind(
    "aws/ambient", .identity,
    summary: "The credential that the AWS SDKs find by themselves; nothing is changed.",
    fields: [
      Field(
        "principal.region", .region,
        "Region for the link after it; default: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile's."),
      Field(
        "spec.source", .oneOf(AmbientSearch.Place.allCases.map(\.rawValue)),
        "The only place to look: `environment`, `container` or `instance`. Not read by atmos."),
      Field(
        "spec.profile", .text,
        "The only profile of `~/.aws/config` to use, whatever the environment says. "
          + "Not read by atmos."),
      Field(
        "spec.as_source", .bool,
        "Whether the profile's keys or program count, and not its role, as where another profile "
          + "names it as `source_profile`. Not read by atmos."),
      .codeSources,
    ] + Field.endpoints,
    via: .forbidden, gives: .keys, isRemembered: false, isAmbient: true,
    // Programs by themselves might find something at another place.
    isDelivered: { definition in
      definition.text("spec", "profile") != nil
        || ["container", "instance"].contains(definition.text("spec", "source"))
    },
    check: check,
    makeSource: { definition in AWSAmbientSource(definition) })

  private static func check(_ definition: Definition) -> [Diagnostic] {
    var faults = definition.codeSources?.faults ?? []
    let profile = definition.text("spec", "profile")
    if definition.text("spec", "source") != nil, profile != nil {
      faults.append(
        definition.fault(
          .error, ["spec", "profile"], "`spec.source` and `spec.profile` exclude each other",
          suggestion: "take one of them away"))
    }
    if definition.node["spec", "as_source"]?.bool == true, profile == nil {
      faults.append(
        definition.fault(
          .error, ["spec", "as_source"],
          "`spec.as_source` says how `spec.profile` counts, "
            + "and there is none", suggestion: "add `spec.profile`"))
    }
    return faults
  }
}

/// Finds credentials as the AWS SDKs do: variables, web identity, profile, container, instance.
///
/// Source: "Standardized credential providers", AWS SDKs and Tools Reference Guide; the order is
/// that of the SDK for Go, which atmos uses. A profile may ask for a code, but which profile that is
/// shows only when it is used.
struct AWSAmbientSource: CredentialSource {
  private let name: String
  private let region: String?
  private let endpointURL: String?
  private let place: AmbientSearch.Place?
  private let profile: String?
  private let asSource: Bool

  private let codeSources: [CodeSource]?

  private(set) var traits: [Trait]
  /// What is known of the profile's login, for a forecast.
  private var need = PersonNeed.unneeded
  private var expected = Expectation()

  init(_ definition: Definition) {
    name = definition.name
    region = definition.text("principal", "region")
    endpointURL = definition.endpointURL
    place = definition.text("spec", "source").flatMap { AmbientSearch.Place(rawValue: $0) }
    profile = definition.text("spec", "profile")
    asSource = definition.node["spec", "as_source"]?.bool ?? false
    codeSources = definition.codeSources?.sources
    var traits = [Trait("credentials", "of the surroundings")]
    if let place { traits.append(Trait("source", place.rawValue)) }
    if let profile { traits.append(Trait("profile", profile + (asSource ? " as a source" : ""))) }
    if let region { traits.append(Trait("region", region)) }
    if let endpointURL { traits.append(Trait("endpoint", endpointURL)) }
    self.traits = traits
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    let search = try search(request.effects)
    guard var found = try await search.find() else {
      throw nothingFound(withheld: request.effects.ambient.withheld)
    }
    found.region = search.regionName ?? found.region
    return found
  }

  private func search(_ effects: Effects) throws(AuthError) -> AmbientSearch {
    var effects = effects
    effects.environment = AmbientEnvironment.environment(effects.ambient.values)
    return AmbientSearch(
      identity: name, effects: effects,
      config: try SharedConfig(environment: effects.environment),
      region: region, endpointURL: endpointURL, place: place, profile: profile,
      asSource: asSource, codeSources: codeSources)
  }

  /// With the login of `aws login` that its profile starts with, if it does.
  func withStored(realm: String, effects: Effects) async -> any CredentialSource {
    guard let profile, let search = try? search(effects), let link = try? search.link(of: profile),
      let start = link.start, case .login(let session) = start.means
    else { return self }
    var source = self
    let files = CLILoginFiles(environment: search.effects.environment)
    guard !effects.isOfJob, let login = try? files.read(session) else {
      source.need = .absent
      let command = CLILoginFiles.command(profile: start.profile.name)
      source.traits.append(Trait("log_in_with", command))
      return source
    }
    source.traits.append(Trait("aws_login", session))
    if start.profile.name == link.profile.name {
      let left = login.expiresAt.map { effects.now().seconds(until: $0) }
      source.expected.lifetime = login.isFresh(at: effects.now()) ? left : 900
    }
    return source
  }

  func personNeed(
    after previous: Credential?, realm: String, effects: Effects
  ) async -> PersonNeed { need }

  func expectation(after upstream: String?) -> Expectation { expected }

  private func nothingFound(withheld: [String]) -> AuthError {
    var error = AuthError(
      .loginRequired, "identity `\(name)` finds no AWS credential in its environment",
      hints: [
        place?.hint ?? profile.map { "it looks at the AWS profile `\($0)` alone" }
          ?? "it looks at AWS_ACCESS_KEY_ID, AWS_WEB_IDENTITY_TOKEN_FILE, the profile of "
          + "AWS_PROFILE, the container's and the instance's role"
      ])
    let secrets = withheld.filter { $0.hasPrefix("AWS_") }.sorted()
    if !secrets.isEmpty {
      error = error.hint(
        "the active identity took \(secrets.joined(separator: ", ")) away, and secrets are kept "
          + "nowhere: `atmos-auth use none` puts them back")
    }
    return error
  }
}

/// The environment before our own shell hook changed it.
///
/// In a shell with an active identity, `AWS_CONFIG_FILE` is our file, whose profiles run
/// `atmos-auth credential-process`. Taken for ambient, an identity would ask itself, for ever.
enum AmbientEnvironment {
  /// `environment` without the variables that lead back to us.
  static func environment(_ environment: [String: String]) -> [String: String] {
    var result = environment
    let ours = StatePaths(environment: { environment[$0] }).state + "/aws/"
    guard let config = environment["AWS_CONFIG_FILE"], config.hasPrefix(ours) else { return result }
    for name in [
      "AWS_CONFIG_FILE", "AWS_PROFILE", "AWS_SDK_LOAD_CONFIG", "AWS_EC2_METADATA_DISABLED",
    ] {
      result[name] = nil
    }
    if environment["AWS_SHARED_CREDENTIALS_FILE"]?.hasPrefix(ours) == true {
      result["AWS_SHARED_CREDENTIALS_FILE"] = nil
    }
    return result
  }
}

/// One search for ambient credentials.
struct AmbientSearch {
  /// The identity it is for.
  var identity: String
  /// The world; its environment is the surroundings'.
  var effects: Effects
  /// The shared files.
  var config: SharedConfig
  /// The region that the definition gives.
  var region: String?
  /// The STS address that the definition gives.
  var endpointURL: String?
  /// The only place to look.
  var place: Place?
  /// The only profile to take.
  var profile: String?
  /// Whether that profile counts as it does for another one that names it as its source.
  var asSource = false
  /// Where codes come from that a profile asks for; `nil` for the usual places.
  var codeSources: [CodeSource]?

  /// A place where credentials may be; the names of `credential_source`, in our spelling.
  enum Place: String, CaseIterable {
    case environment, container, instance

    /// What AWS calls it.
    var canonicalName: String {
      switch self {
      case .environment: "Environment"
      case .container: "EcsContainer"
      case .instance: "Ec2InstanceMetadata"
      }
    }

    var hint: String {
      switch self {
      case .environment: "it looks at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY alone"
      case .container: "it looks at the container's role alone"
      case .instance: "it looks at the instance's role alone"
      }
    }
  }

  /// The first credential there is; `nil` when there is none at all.
  func find() async throws(AuthError) -> Credential? {
    if let place { return try await ofPlace(place) }
    if let profile { return try await ofProfile(profile) }
    if let credential = try ofVariables() { return credential }
    if let credential = try await ofWebIdentityVariables() { return credential }
    // One of our own profiles, which AWS_PROFILE may well name, would ask this identity again.
    if config.profiles[profileName]?.isOurs != true,
      let credential = try await ofProfile(profileName)
    {
      return credential
    }
    if let credential = try await ContainerCredentials(effects: effects).find() {
      return credential
    }
    return try await InstanceMetadata(effects: effects).find()
  }

  /// What one place has.
  func ofPlace(_ place: Place) async throws(AuthError) -> Credential? {
    switch place {
    case .environment: try ofVariables()
    case .container: try await ContainerCredentials(effects: effects).find()
    case .instance: try await InstanceMetadata(effects: effects).find()
    }
  }

  /// The variable's text, when it is not empty.
  func variable(_ name: String) -> String? {
    effects.environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The profile in use.
  var profileName: String {
    profile ?? variable("AWS_PROFILE") ?? variable("AWS_DEFAULT_PROFILE") ?? "default"
  }

  /// The region that anything says.
  var regionName: String? {
    region ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION")
      ?? config.profiles[profileName]?["region"]
  }

  /// The keys of the environment.
  func ofVariables() throws(AuthError) -> Credential? {
    let id = variable("AWS_ACCESS_KEY_ID") ?? variable("AWS_ACCESS_KEY")
    let secret = variable("AWS_SECRET_ACCESS_KEY") ?? variable("AWS_SECRET_KEY")
    guard let id, let secret else {
      guard (id == nil) == (secret == nil) else {
        throw AuthError(
          .badConfiguration,
          "\(id == nil ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY") is not set, "
            + "though its other half is",
          hints: ["set both, or unset both"])
      }
      return nil
    }
    let token = variable("AWS_SESSION_TOKEN") ?? variable("AWS_SECURITY_TOKEN")
    let now = effects.now()
    let end = variable("AWS_CREDENTIAL_EXPIRATION").flatMap { UTCDate.ofProgram($0) }
    if token != nil, let end, end <= now {
      throw AuthError(
        .loginRequired, "the AWS keys in the environment have ended",
        hints: ["renew or unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"])
    }
    // Whether a token is a user's or a role's does not show; the milder guess costs one answer.
    return Credential(
      .aws(
        AWSKeys(
          accessKeyID: id, secretAccessKey: Secret(secret), sessionToken: token.map { Secret($0) },
          origin: token == nil ? .longLived : .userSession)),
      issuedAt: now, expiresAt: token == nil ? nil : end, region: regionName,
      account: variable("AWS_ACCOUNT_ID"))
  }

  private func ofWebIdentityVariables() async throws(AuthError) -> Credential? {
    guard let file = variable("AWS_WEB_IDENTITY_TOKEN_FILE"), let role = variable("AWS_ROLE_ARN")
    else { return nil }
    return try await webIdentity(
      role: role, tokenFile: file, session: variable("AWS_ROLE_SESSION_NAME"), seconds: nil,
      profile: profileName)
  }

  /// A role for a token that lies in a file; the file is read each time, since it rotates.
  func webIdentity(
    role: String, tokenFile: String, session: String?, seconds: Int64?, profile: String
  ) async throws(AuthError) -> Credential {
    guard let token = try FileSystem.readFile(tokenFile, limit: 64 << 10), !token.isEmpty else {
      throw AuthError(
        .badConfiguration, "there is no web identity token in `\(tokenFile)`",
        hints: ["AWS_WEB_IDENTITY_TOKEN_FILE or `web_identity_token_file` names it"])
    }
    let endpoint = try endpoint(for: role, profile: profile)
    do {
      var fields = [
        (name: "RoleArn", value: role),
        (
          name: "RoleSessionName",
          value: session ?? SessionName.standard(for: identity, at: effects.now())
        ),
      ]
      if let seconds { fields.append((name: "DurationSeconds", value: String(seconds))) }
      let issued = try await STSClient(endpoint, effects: effects).role(
        fields, webIdentity: Secret(token))
      return issued.credential(issuedAt: effects.now(), region: regionName)
    } catch {
      throw CallReport(
        action: "AssumeRoleWithWebIdentity", identity: identity, endpoint: endpoint,
        caller: "the token of \(tokenFile)", target: role
      ).error(for: error, effects)
    }
  }

  /// Where STS is called for a role.
  func endpoint(for role: String, profile: String) throws(AuthError) -> ServiceEndpoint {
    let partition = Partition.ofARN(role) ?? .commercial
    return try ServiceEndpoint.resolve(
      .sts,
      region: region ?? variable("AWS_REGION") ?? variable("AWS_DEFAULT_REGION")
        ?? config.profiles[profile]?["region"] ?? partition.defaultRegion,
      configured: endpointURL, environment: effects.environment,
      profile: config.endpoints(of: profile))
  }
}
