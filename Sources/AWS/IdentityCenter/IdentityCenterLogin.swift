import Core
import Model

/// One way to a token: what others left, the refresh token, and last of all a person.
struct IdentityCenterLogin {
  /// The provider's name.
  let provider: String
  /// Where it logs in.
  let portal: AccessPortal
  /// The way for a person that the definition chooses; else a browser on this machine comes back
  /// here, and any other shows a code.
  let flow: Flow?
  /// Seconds a token lasts when its issuer does not say.
  let assumedLifetime: Int64
  /// The files of other programs; `nil` where their tokens must not be used.
  let files: SharedTokenFiles?
  /// Whether files of other programs are written, too.
  let sharesToken: Bool
  /// What was asked for.
  let request: LinkRequest
  /// The service.
  let client: SSOOIDCClient

  /// A way to log in.
  enum Flow: String {
    /// The browser brings a code to our port.
    case pkce
    /// A person compares a code on any device.
    case device
  }

  /// How long before the end of its registration a client is no longer used for a login.
  private static let clientMargin: Int64 = 900

  private var effects: Effects { request.effects }
  private var previous: BearerToken? { request.previous?.bearer }

  /// Gets a token.
  ///
  /// - Throws: ``AuthError`` as ``CredentialSource/credential(_:)``.
  func credential() async throws(AuthError) -> Credential {
    let found = files?.read() ?? []
    if let token = adoptable(found) { return token }
    let (renewed, client) = try await renew(found)
    if let renewed { return renewed }
    guard effects.showsPages else {
      throw AuthError(
        .loginRequired,
        previous == nil
          ? "provider `\(provider)` needs a login in a browser"
          : "the token of provider `\(provider)` has expired or was revoked; it needs a login in a "
            + "browser",
        hints: ["run `\(request.loginCommand)` in a terminal"])
    }
    return try await logIn(client)
  }

  // MARK: Without a person

  /// The credential of a token that another program left.
  private func adoptable(_ found: [SharedToken]) -> Credential? {
    let now = effects.now()
    guard let best = SharedToken.adoptable(found, besides: previous, at: now) else { return nil }
    // What renews it belongs to the other program, which would be logged out by its use.
    let renewal = sharesToken ? best.renewal : nil
    return Credential(
      .bearer(
        BearerToken(
          issuer: portal.startURL, accessToken: best.accessToken,
          refreshToken: renewal?.refreshToken ?? previous?.refreshToken,
          client: renewal?.client ?? previous?.client, endpoint: portal.endpoint)),
      issuedAt: now, expiresAt: best.expiresAt, region: portal.region)
  }

  /// Uses a refresh token.
  ///
  /// - Returns: The new token, or `nil` when only a person helps; and the client that may be used
  ///   for the login then.
  /// - Throws: ``AuthError`` with code `unavailable` when the service gave no answer: a person's
  ///   login would not reach it either.
  private func renew(
    _ found: [SharedToken]
  ) async throws(AuthError) -> (Credential?, BearerToken.Client?) {
    var client = previous?.client
    var candidates: [(refreshToken: Secret, client: BearerToken.Client)] = []
    if let token = previous, let refreshToken = token.refreshToken, let client = token.client {
      candidates.append((refreshToken, client))
    }
    if sharesToken {
      candidates += found.compactMap(\.renewal).filter {
        $0.refreshToken != previous?.refreshToken
      }
    }
    for candidate in candidates where effects.now() < candidate.client.expiresAt {
      do {
        let token = try await self.client.token(
          of: candidate.client, refreshToken: candidate.refreshToken)
        return (
          credential(token, candidate.client, before: candidate.refreshToken), candidate.client
        )
      } catch {
        guard case .refused(let refusal) = error, !StandardRetry.isTransient(refusal),
          refusal.status >= 400, refusal.status != 407
        else { throw report("CreateToken").error(for: error) }
        // The service has forgotten the registration; what was registered with it is gone, too.
        if Self.isUnknownClient(refusal), candidate.client == client { client = nil }
      }
    }
    return (nil, client)
  }

  /// The credential of a new token; a refresh token that was not replaced stays.
  func credential(
    _ token: SSOOIDCClient.Token, _ client: BearerToken.Client, before: Secret? = nil
  ) -> Credential {
    let now = effects.now()
    let bearer = BearerToken(
      issuer: portal.startURL, accessToken: token.accessToken,
      refreshToken: token.refreshToken ?? before, client: client, endpoint: portal.endpoint)
    let end = now.advanced(bySeconds: max(0, token.expiresIn ?? assumedLifetime))
    if sharesToken, let files {
      do throws(AuthError) {
        try files.write(bearer, expiresAt: end)
      } catch {
        effects.notice("the token of `\(provider)` is not shared: \(error.message)")
      }
    }
    return Credential(.bearer(bearer), issuedAt: now, expiresAt: end, region: portal.region)
  }

  // MARK: With a person

  /// Logs in with a person's help, once more from the start when the registration turns out to be
  /// gone.
  private func logIn(_ known: BearerToken.Client?) async throws(AuthError) -> Credential {
    var known = known
    while true {
      do {
        return try await logInOnce(known)
      } catch LoginFailure.unknownClient where known != nil {
        known = nil
      } catch {
        throw error.error
      }
    }
  }

  private func logInOnce(
    _ known: BearerToken.Client?
  ) async throws(LoginFailure) -> Credential {
    let flow = flow ?? (effects.browser?.isHere == true ? .pkce : .device)
    if flow == .pkce, let browser = effects.browser, let callbacks = effects.callbacks {
      let client = try await registered(known, for: .authorizationCode)
      let login = BrowserLogin(
        client: self.client, registration: client, provider: provider, effects: effects)
      if let token = try await login.token(browser, callbacks) { return credential(token, client) }
    }
    let client = try await registered(known, for: .deviceCode)
    let login = DeviceLogin(
      client: self.client, registration: client, portal: portal, provider: provider,
      effects: effects)
    return credential(try await login.token(), client)
  }

  private func registered(
    _ known: BearerToken.Client?, for grant: SSOOIDCClient.Grant
  ) async throws(LoginFailure) -> BearerToken.Client {
    if let known, known.grant == grant.rawValue,
      effects.now().advanced(bySeconds: Self.clientMargin) < known.expiresAt
    {
      return known
    }
    do {
      return try await client.register(for: grant, startURL: portal.startURL)
    } catch {
      throw .failed(report("RegisterClient").error(for: error))
    }
  }

  private func report(_ action: String) -> IdentityCenterReport {
    IdentityCenterReport(
      action: action, subject: "provider `\(provider)`", service: .ssoOIDC,
      endpoint: client.endpoint)
  }

  /// Whether the service does not know who we say we are.
  static func isUnknownClient(_ refusal: ServiceError) -> Bool {
    refusal.code == "InvalidClientException" || refusal.code == "UnauthorizedClientException"
  }
}

/// Why a login with a person gave no token.
enum LoginFailure: Error {
  /// The registration is gone.
  case unknownClient(AuthError)
  /// Anything else.
  case failed(AuthError)

  /// The failure of a call; refusals of the client are told apart.
  init(_ failure: CallFailure, _ report: IdentityCenterReport) {
    let error = report.error(for: failure)
    if case .refused(let refusal) = failure, IdentityCenterLogin.isUnknownClient(refusal) {
      self = .unknownClient(error)
    } else {
      self = .failed(error)
    }
  }

  /// The error for a person.
  var error: AuthError {
    switch self {
    case .unknownClient(let error), .failed(let error): error
    }
  }
}
