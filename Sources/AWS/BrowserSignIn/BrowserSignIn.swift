import Core
import Logging
import Model

/// A sign-in to the AWS console in a browser, for keys that last a quarter of an hour and are renewed
/// for half a day.
struct BrowserSignIn {
  /// The identity's name.
  let identity: String
  /// The service.
  let client: SignInClient
  /// The region that was signed in to.
  let region: String
  /// Whether a new login is kept for the AWS CLI, too.
  let keepsForCLI: Bool
  /// What a person types to sign in.
  let loginCommand: String
  /// Everything outside the process.
  let effects: Effects

  /// How long a login can be renewed.
  ///
  /// Source: "Sign in through the AWS CLI", AWS Sign-In User Guide.
  private static let lifetime: Int64 = 43200

  /// What a new sign-in takes of a person: a browser here, else a terminal to paste a code into.
  static func personNeed(_ effects: Effects) -> PersonNeed {
    comesBack(effects) ? PersonNeed(atPageOf: effects) : PersonNeed(atTerminalOf: effects)
  }

  /// Whether a browser brings its answer to this machine.
  private static func comesBack(_ effects: Effects) -> Bool {
    effects.browser?.isHere == true && effects.callbacks != nil
  }

  // MARK: Without a person

  /// Renews the keys with what came with them.
  ///
  /// - Returns: New keys, or `nil` when only a person helps.
  /// - Throws: ``AuthError``: `unavailable` when the service gave no answer, `refused` when it says no
  ///   for a reason that a new sign-in would meet as well.
  func renewed(_ previous: Credential) async throws(AuthError) -> Credential? {
    guard let renewal = previous.renewal, effects.now() < renewal.endsAt,
      let key = ProofKey(renewal.key)
    else { return nil }
    let token: SignInClient.Token
    do {
      token = try await client.token(renewing: renewal, key)
    } catch {
      if case .refused(let refusal) = error, SignInReport.isFinal(refusal) {
        effects.log.debug("the refresh token was refused", metadata: ["code": "\(refusal.code)"])
        return nil
      }
      throw report.error(for: error)
    }
    var renewed = renewal
    renewed.refreshToken = token.refreshToken ?? renewal.refreshToken
    return credential(
      token, renewed, principal: previous.principal, account: previous.account)
  }

  // MARK: With a person

  /// Signs in.
  ///
  /// - Throws: ``AuthError``: `loginRequired` when there is nobody, `refused` when the page or the
  ///   service says no.
  func signIn() async throws(AuthError) -> Credential {
    guard Self.personNeed(effects) == .present else { throw nobody }
    let key = ProofKey(effects)
    if Self.comesBack(effects), let browser = effects.browser, let callbacks = effects.callbacks {
      let code = try await LoopbackCode.ask(for: "`\(identity)`", browser, callbacks, effects) {
        client.authorizationURL(.same, $0)
      }
      if let code { return try await redeem(code, .same, key) }
    }
    guard let terminal = effects.interaction else { throw nobody }
    return try await redeem(try await pasted(terminal), .cross, key)
  }

  private var nobody: AuthError {
    AuthError(
      .loginRequired, "identity `\(identity)` needs a sign-in in a browser",
      hints: ["run `\(loginCommand)` in a terminal"])
  }

  private func redeem(
    _ code: LoopbackCode, _ device: SignInClient.Device, _ key: ProofKey
  ) async throws(AuthError) -> Credential {
    let token: SignInClient.Token
    do {
      token = try await client.token(device, code, key)
    } catch {
      throw report.error(for: error)
    }
    let claims = token.idToken.flatMap { TokenClaims(jwt: $0) }
    let renewal = token.refreshToken.map {
      Renewal(
        refreshToken: $0, key: key.secret, clientID: device.rawValue,
        endsAt: effects.now().advanced(bySeconds: Self.lifetime))
    }
    if keepsForCLI, let session = claims?.subject {
      keep(CLILogin(token, key, clientID: device.rawValue, of: session, at: effects.now()), session)
    }
    return credential(
      token, renewal, principal: claims?.subject, account: claims?.subject.flatMap(ARN.account))
  }

  private func keep(_ login: CLILogin?, _ session: String) {
    guard let login else { return }
    do throws(AuthError) {
      try CLILoginFiles(surroundings: effects).write(login, session)
      effects.notice("the AWS CLI has this login in profiles with `login_session = \(session)`")
    } catch {
      effects.notice("the login of `\(identity)` is not kept for the AWS CLI: \(error.message)")
    }
  }

  /// The AWS CLI's login of a user, renewed where it has to be.
  ///
  /// - Throws: As ``CLILoginRenewal/login()``.
  func cliLogin(
    of session: String, _ files: CLILoginFiles
  ) async throws(AuthError) -> CLILogin? {
    // It can be renewed where it was made.
    let client = try files.client(of: session, effects: effects) ?? client
    return try await CLILoginRenewal(
      session: session, files: files, client: client, report: report, effects: effects
    ).login()
  }

  private func credential(
    _ token: SignInClient.Token, _ renewal: Renewal?, principal: String?, account: String?
  ) -> Credential {
    let now = effects.now()
    // A role that somebody else signed in as, such as through federation, is chained from.
    let isRole = principal?.contains(":assumed-role/") ?? false
    return Credential(
      .aws(
        AWSKeys(
          accessKeyID: token.accessKeyID, secretAccessKey: token.secretAccessKey,
          sessionToken: token.sessionToken, origin: isRole ? .role : .userSession)),
      issuedAt: now, expiresAt: now.advanced(bySeconds: token.expiresIn), region: region,
      account: account, principal: principal, renewal: renewal)
  }

  private var report: SignInReport {
    SignInReport(
      identity: identity, endpoint: client.endpoint, loginCommand: loginCommand)
  }

  // MARK: On another device

  /// Shows the page, whose end is a text to be pasted.
  private func pasted(_ terminal: any Interaction) async throws(AuthError) -> LoopbackCode {
    let verifier = LoopbackCode.newVerifier(effects)
    let question = LoopbackCode.Question(
      redirectURI: client.confirmationURI, state: UniqueID.make(effects),
      challenge: LoopbackCode.challenge(of: verifier))
    let page = client.authorizationURL(.cross, question)
    var isOpen = false
    if let browser = effects.browser { isOpen = await browser.open(Secret(page)) }
    await terminal.show(SignInPage(url: page, code: nil, isOpen: isOpen))
    let text = try await terminal.paste(
      "Code that the page shows in the end (not shown here): ", limit: 8192)
    let answer = try PastedCode(text, for: identity)
    guard answer.state == Secret(question.state) else {
      throw AuthError(
        .refused, "the code that was pasted is not of this sign-in to `\(identity)`",
        hints: ["run `\(loginCommand)` again, and copy what its own page shows"])
    }
    return LoopbackCode(
      code: answer.code, verifier: verifier, redirectURI: question.redirectURI)
  }
}

/// What the page of a sign-in on another device shows: `state=…&code=…` in base64.
struct PastedCode {
  /// The code.
  let code: Secret
  /// Which sign-in it is of.
  let state: Secret

  /// Reads it, in either alphabet, with its padding or without.
  ///
  /// - Throws: ``AuthError`` with code `refused` for other texts.
  init(_ text: Secret, for identity: String) throws(AuthError) {
    var digits = text.withBytes { bytes in
      bytes.filter { !" \t\r\n=".utf8.contains($0) }.map { byte in
        switch byte {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        default: byte
        }
      }
    }
    defer { digits.wipe() }
    var fields: [Substring: String] = [:]
    for pair in String(decoding: Base64.decode(digits, .url) ?? [], as: UTF8.self).split(
      separator: "&")
    {
      let parts = pair.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { fields[parts[0]] = PercentEncoding.decode(parts[1]) }
    }
    guard let code = fields["code"], let state = fields["state"] else {
      throw AuthError(
        .refused, "what was pasted is not the code of a sign-in to `\(identity)`",
        hints: ["copy the whole text that the page shows after you signed in"])
    }
    self.code = Secret(code)
    self.state = Secret(state)
  }
}
