public import Core
public import Model

extension Kind {
  /// `aws/iam-identity-center`: a login at an access portal.
  static let identityCenter = Kind(
    "aws/iam-identity-center", .provider,
    summary: "A login at an access portal of IAM Identity Center.",
    fields: [
      Field("start_url", .url, required: true, "Address of the access portal."),
      Field("region", .region, required: true, "Region of the identity center."),
      Field(
        "auto_provision_identities", .bool,
        "Whether a login makes an identity of every account and permission set."),
      Field(
        "session.duration", .duration,
        "Lifetime of a token if its issuer states none; default 1 hour."),
      Field(
        "spec.flow", .oneOf(["pkce", "device"]),
        "How a person logs in; default: `pkce` where a browser can come back, else `device`."),
      Field(
        "spec.share_token", .bool,
        "Whether the token is also written where the AWS CLI and atmos keep theirs, in plain text."),
      Field("spec.endpoint_url", .url, "Address of both services, instead of AWS' own."),
      Field("spec.aws.resolver.url", .url, "The older spelling of `spec.endpoint_url`."),
    ],
    via: .forbidden, gives: .portalToken,
    makeSource: { definition throws(AuthError) in try IdentityCenterSource(definition) })
}

/// Logs in at an access portal.
struct IdentityCenterSource: CredentialSource {
  let name: String
  let portal: AccessPortal
  private let flow: IdentityCenterLogin.Flow?
  private let sharesToken: Bool
  private let assumedLifetime: Int64
  let provisionsIdentities: Bool

  /// Neither the flow nor where the token is shared is among them: they change nothing about the
  /// token, and providers that differ in them have one login.
  var traits: [Trait] { portal.traits }

  var sharedLogin: String? { portal.loginName }

  /// A token that another program left spares the person, as a refresh token does.
  func personNeed(
    after previous: Credential?, realm: String, effects: Effects
  ) async -> PersonNeed {
    let now = effects.now()
    if previous?.isRenewable(at: now) == true { return .unneeded }
    let found = files(effects)?.read() ?? []
    return SharedToken.adoptable(found, besides: previous?.bearer, at: now) == nil
      ? PersonNeed(atPageOf: effects) : .unneeded
  }

  // A definition with an address of its own must not get hold of a token that was given for AWS'
  // own, nor a checkout's job of one that a person left.
  private func files(_ effects: Effects) -> SharedTokenFiles? {
    portal.endpoint == nil && !effects.isOfJob
      ? SharedTokenFiles(portal: portal, environment: effects.ambient.values) : nil
  }

  init(_ definition: Definition) throws(AuthError) {
    guard let startURL = definition.text("start_url") else {
      throw definition.broken(
        "`start_url` is missing or empty", hint: "it looks like `https://corp.awsapps.com/start`")
    }
    guard let region = definition.text("region") else {
      throw definition.broken(
        "`region` is missing or empty", hint: "it is the region of the identity center")
    }
    name = definition.name
    portal = AccessPortal(
      startURL: startURL, region: region,
      endpoint: definition.text("spec", "endpoint_url")
        ?? definition.text("spec", "aws", "resolver", "url"))
    flow = definition.text("spec", "flow").flatMap { IdentityCenterLogin.Flow(rawValue: $0) }
    sharesToken = definition.node["spec", "share_token"]?.bool ?? false
    assumedLifetime = definition.seconds("session", "duration") ?? 3600
    provisionsIdentities = definition.node["auto_provision_identities"]?.bool ?? false
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    try await IdentityCenterLogin(
      provider: name, portal: portal, flow: flow, assumedLifetime: assumedLifetime,
      files: files(request.effects),
      sharesToken: sharesToken, request: request, client: try portal.signIn(request.effects)
    ).credential()
  }

  func end(_ credential: Credential, effects: Effects) async throws(AuthError) -> Bool {
    if sharesToken, let token = credential.bearer {
      SharedTokenFiles(portal: portal, environment: effects.ambient.values).remove(token)
    }
    return try await IdentityCenter.end(credential, effects: effects)
  }
}

/// What can be done with a login without its definition.
public enum IdentityCenter {
  /// Ends a login at the access portal; nothing happens to credentials of other kinds.
  ///
  /// Keys that were handed out for roles work until they end.
  ///
  /// - Returns: Whether there was something to end.
  /// - Throws: ``AuthError`` with code `unavailable` or `refused` when the portal did not do it.
  public static func end(
    _ credential: Credential, effects: Effects
  ) async throws(AuthError) -> Bool {
    guard let token = credential.bearer else { return false }
    let portal = try SSOPortalClient(of: credential, token, effects: effects)
    do {
      try await portal.logout()
      return true
    } catch {
      // A token that the portal does not know any more is as good as ended.
      if case .refused(let refusal) = error, refusal.status == 401 { return true }
      throw IdentityCenterReport(
        action: "Logout", subject: "`\(token.issuer)`", service: .sso, endpoint: portal.endpoint
      ).error(for: error)
    }
  }
}
