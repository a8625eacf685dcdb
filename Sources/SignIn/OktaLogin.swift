internal import Core
internal import HTML
internal import Model

/// A login at Okta by its authentication API, which classic organizations have.
struct OktaLogin {
  private let login: FormSignIn
  private let app: Location
  private let effects: Effects
  private var session: WebSession

  /// How often an answer is waited for on a telephone: Okta's limit is five minutes (trap 56: more
  /// often than every three seconds it refuses).
  private static let polls = 100
  private static let pollInterval = Duration.seconds(3)

  init(_ login: FormSignIn, _ app: Location, _ effects: Effects) {
    self.login = login
    self.app = app
    self.effects = effects
    session = WebSession(effects, provider: login.provider)
  }

  mutating func response() async throws(AuthError) -> Secret {
    let name = try await login.name(effects)
    session.cookies.add("DT", device(), host: app.host)
    var number = 1
    var answer: OktaAnswer
    while true {
      let password = try await login.password(try: number, effects)
      let found = try await post(
        [
          ("username", JSONText.string(name)), ("password", JSONText.string(password.revealed())),
          ("options", #"{"multiOptionalFactorEnroll":false,"warnBeforePasswordExpired":false}"#),
        ], to: "/api/v1/authn")
      if found.errorCode != "E0000004" {
        answer = found
        break
      }
      guard login.mayAskAgain(after: number, effects) else { throw refused(found) }
      number += 1
    }
    guard let token = try await finished(answer).sessionToken else {
      throw session.unexpected("a login without a session", at: app)
    }
    guard
      let page = app.resolving(
        "/login/sessionCookieRedirect?checkAccountSetupComplete=true&token="
          + "\(WebSession.encoded(token))&redirectUrl=\(WebSession.encoded(app.url))")
    else { throw session.unexpected("nothing", at: app) }
    var shown = try await session.open(page)
    if let response = try await login.follow(&shown, &session) { return response }
    // The application asks for a factor of its own.
    guard let state = OktaStepUp.stateToken(on: shown) else {
      throw session.unexpected("a page without a SAML response", at: shown.place)
    }
    let next = try await finished(
      try await post([("stateToken", JSONText.string(state))], to: "/api/v1/authn"))
    // The session is there already, so the answer has no token: it says where to go on.
    shown = try await session.open(try place(next.links?.next?.href ?? app.url))
    if let response = try await login.follow(&shown, &session) { return response }
    throw session.unexpected("a page without a SAML response", at: shown.place)
  }

  // MARK: The state machine

  /// Goes on until there is a session, or the one that is there is good enough.
  private mutating func finished(_ start: OktaAnswer) async throws(AuthError) -> OktaAnswer {
    var answer = start
    for _ in 0..<10 {
      switch answer.status {
      case "SUCCESS": return answer
      case "MFA_REQUIRED": answer = try await verified(answer)
      case "PASSWORD_WARN":
        guard let link = answer.links?.skip?.href, let state = answer.stateToken else {
          throw refused(answer)
        }
        answer = try await post([("stateToken", JSONText.string(state))], to: link)
      case "PASSWORD_EXPIRED":
        throw AuthError(
          .refused, "your password at `\(login.provider)` has expired",
          hints: ["change it at https://\(app.authority)"])
      case "LOCKED_OUT":
        throw AuthError(
          .refused, "your account at `\(login.provider)` is locked",
          hints: ["unlock it at https://\(app.authority), or ask those who run it"])
      case "MFA_ENROLL", "MFA_ENROLL_ACTIVATE":
        throw AuthError(
          .refused, "`\(login.provider)` wants you to set up a second factor first",
          hints: ["do that at https://\(app.authority)"])
      default: throw refused(answer)
      }
    }
    throw session.unexpected("questions without an end", at: app)
  }

  private mutating func verified(_ answer: OktaAnswer) async throws(AuthError) -> OktaAnswer {
    guard let state = answer.stateToken else { throw refused(answer) }
    let all = answer.embedded?.factors ?? []
    let usable = all.filter { $0.way != nil && $0.links?.verify?.href != nil }
    guard let first = usable.first else {
      throw BrowserNeed.error(
        login.provider,
        "a factor that only a browser has (\(all.map(\.shown).joined(separator: ", ")))")
    }
    var factor = first
    // Where several will do, one that needs nobody comes first.
    if usable.count > 1 {
      if effects.interaction == nil {
        factor = usable.first { $0.way == .code } ?? first
      } else {
        let index = try await Menu(
          title: "Second factor for `\(login.provider)`", choices: usable.map(\.shown),
          terminal: try login.person(effects), show: effects.notice
        ).choose()
        factor = usable[index]
      }
    }
    let link = (factor.links?.verify?.href ?? "") + "?rememberDevice=true"
    let member = ("stateToken", JSONText.string(state))
    switch factor.way {
    case .code: return try await codeVerified(.sixDigits, link, member)
    case .token: return try await codeVerified(.token, link, member)
    case .push: return try await pushed(link, member)
    case .sent:
      _ = try accepted(try await post([member], to: link))
      return try await asked(link, member, "passCode", "Code from the \(factor.shown): ")
    case .question, nil:
      let question = DisplayText.sanitized(factor.profile?.questionText ?? "Answer", limit: 200)
      return try await asked(link, member, "answer", "\(question) ")
    }
  }

  private mutating func codeVerified(
    _ form: CodeRequest.Form, _ link: String, _ state: (String, String)
  ) async throws(AuthError) -> OktaAnswer {
    // The closure needs the session, which changes.
    var copy = self
    let answer = try await login.withCode(form, effects) { (code) async throws(AuthError) in
      let answer = try await copy.post(
        [state, ("passCode", JSONText.string(code.revealed()))], to: link)
      return answer.errorCode == "E0000068" ? nil : answer
    }
    self = copy
    return try accepted(answer)
  }

  /// A code or an answer that only the person has; two more may be wrong.
  private mutating func asked(
    _ link: String, _ state: (String, String), _ key: String, _ question: String
  ) async throws(AuthError) -> OktaAnswer {
    let person = try login.person(effects)
    for number in 1...3 {
      let text = try await person.ask(number == 1 ? question : "Wrong. \(question)", hidden: true)
      let answer = try await post(
        [state, (key, JSONText.string(text.revealed().trimmed))], to: link)
      if answer.errorCode != "E0000068" { return try accepted(answer) }
    }
    throw AuthError(.refused, "the identity provider of `\(login.provider)` did not take the code")
  }

  private mutating func pushed(
    _ link: String, _ state: (String, String)
  ) async throws(AuthError) -> OktaAnswer {
    var shownNumber: Int?
    effects.notice("Approve the sign-in to `\(login.provider)` in Okta Verify…")
    for _ in 0..<Self.polls {
      let answer = try accepted(try await post([state], to: link))
      guard answer.status == "MFA_CHALLENGE" else { return answer }
      switch answer.factorResult {
      case "REJECTED":
        throw AuthError(.refused, "the sign-in to `\(login.provider)` was rejected in Okta Verify")
      case "TIMEOUT":
        throw AuthError(.refused, "the sign-in to `\(login.provider)` was not approved in time")
      default: break
      }
      if let number = answer.embedded?.factor?.embedded?.challenge?.correctAnswer,
        number != shownNumber
      {
        effects.notice("Choose the number \(number) in Okta Verify.")
        shownNumber = number
      }
      do { try await effects.sleep(Self.pollInterval) } catch {
        throw AuthError(.interrupted, "the sign-in to `\(login.provider)` was interrupted")
      }
    }
    throw AuthError(.refused, "the sign-in to `\(login.provider)` was not approved in time")
  }

  // MARK: Answers

  private func accepted(_ answer: OktaAnswer) throws(AuthError) -> OktaAnswer {
    if answer.errorCode != nil { throw refused(answer) }
    return answer
  }

  private func refused(_ answer: OktaAnswer) -> AuthError {
    let words = DisplayText.sanitized(
      answer.errorSummary ?? answer.status ?? "no reason", limit: 200)
    switch answer.errorCode {
    case "E0000004":
      return AuthError(
        .refused,
        "the identity provider of `\(login.provider)` does not accept user name and password",
        hints: ["it says: \(words)"])
    case "E0000047":
      return AuthError(
        .unavailable, "the identity provider of `\(login.provider)` had too many requests",
        hints: ["try again in a minute"])
    case "E0000138", "E0000006", "E0000022":
      return BrowserNeed.error(login.provider, "a browser (\(words))")
    default:
      return AuthError(
        .refused, "the identity provider of `\(login.provider)` refused the sign-in: \(words)",
        hints: [BrowserNeed.hint])
    }
  }

  /// A place of the organization, and of nobody else.
  private func place(_ link: String) throws(AuthError) -> Location {
    guard let place = app.resolving(link), place.isSameSite(as: app) else {
      throw session.unexpected("a link to another site", at: app)
    }
    return place
  }

  /// Posts to the organization, and to nobody else.
  private mutating func post(
    _ members: [(String, String)], to link: String
  ) async throws(AuthError) -> OktaAnswer {
    let response = try await session.post(
      json: JSONText.object(members), to: try place(link))
    guard let answer = OktaAnswer.decode(response.body),
      answer.status != nil || answer.errorCode != nil
    else { throw BrowserNeed.error(login.provider, "a browser (status \(response.status))") }
    return answer
  }

  /// What tells Okta that it has seen this machine, so that it need not ask for a factor again.
  private func device() -> String {
    if let file = login.deviceFile, let known = try? FileSystem.readFile(file, limit: 200),
      known.count == 25
    {
      return String(decoding: known, as: UTF8.self)
    }
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-".utf8)
    let made = effects.randomBytes(25).map { letters[Int($0) & 63] }
    if let file = login.deviceFile { try? FileSystem.writeAtomically(file, made) }
    return String(decoding: made, as: UTF8.self)
  }
}
