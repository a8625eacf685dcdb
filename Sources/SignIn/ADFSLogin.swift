internal import Core
internal import HTML
internal import Model

/// A login on the pages of Active Directory Federation Services.
struct ADFSLogin {
  private let login: FormSignIn
  private let start: Location
  private let effects: Effects
  private var session: WebSession
  private var name: String?

  private static let pages = 12
  /// How often a page that waits for a telephone is sent again, once a second.
  private static let polls = 120
  private static let codeFields = [
    "security_code", "verificationcode", "challengequestionanswer", "oathcode", "otp",
  ]

  init(_ login: FormSignIn, _ start: Location, _ effects: Effects) {
    self.login = login
    self.start = Self.signOn(start, for: login.relyingParty)
    self.effects = effects
    session = WebSession(effects, provider: login.provider)
  }

  /// The page on which one signs in to AWS: as in atmos, the address of the server is enough.
  private static func signOn(_ place: Location, for relyingParty: String) -> Location {
    guard !place.path.lowercased().contains("/adfs/") else { return place }
    var base = place.path
    while base.hasSuffix("/") { base.removeLast() }
    let more = place.query.isEmpty ? "" : "&\(place.query.dropFirst())"
    return Location(
      "\(place.scheme)://\(place.authority)\(base)/adfs/ls/IdpInitiatedSignOn.aspx?loginToRp="
        + WebSession.encoded(relyingParty) + more) ?? place
  }

  mutating func response() async throws(AuthError) -> Secret {
    var page = try await session.open(start)
    var passwords = 0
    var polls = 0
    var shownNumber: String?
    for _ in 0..<(Self.pages + Self.polls) {
      if page.status == 401 {
        throw BrowserNeed.error(login.provider, "a Windows login (Negotiate or NTLM)")
      }
      if let response = try await login.follow(&page, &session) { return response }
      guard let form = form(of: page) else {
        throw failure(page) ?? session.unexpected("a page without a form", at: page.place)
      }
      try checkSite(form, page)
      let method = form.value("AuthMethod") ?? ""
      if form.fields.contains(where: { Self.isPassword($0) }) {
        guard passwords == 0 || login.mayAskAgain(after: passwords, effects) else {
          throw failure(page) ?? refused("user name and password")
        }
        passwords += 1
        page = try await signIn(form, page, try: passwords)
      } else if let field = Self.codeField(form) {
        page = try await withCode(form, field, page)
      } else if method.hasPrefix("AzureMfa") {
        if let failure = failure(page) { throw failure }
        let number = page.content?.text(id: "validEntropyNumber")
        if polls == 0 {
          effects.notice("Approve the sign-in to `\(login.provider)` on your telephone…")
        }
        if let number, number != shownNumber {
          effects.notice(
            "The number to enter there is \(DisplayText.sanitized(number, limit: 20)).")
          shownNumber = number
        }
        polls += 1
        guard polls <= Self.polls else {
          throw AuthError(.refused, "the sign-in to `\(login.provider)` was not approved in time")
        }
        do { try await effects.sleep(.seconds(1)) } catch {
          throw AuthError(.interrupted, "the sign-in to `\(login.provider)` was interrupted")
        }
        page = try await session.send(form, from: page)
      } else if let next = try await chosen(form, page) {
        page = try await session.send(next, from: page)
      } else {
        throw failure(page) ?? session.unexpected("a page that is not known here", at: page.place)
      }
    }
    throw session.unexpected("pages without an end", at: page.place)
  }

  private mutating func signIn(
    _ form: HTMLForm, _ page: WebSession.Page, try number: Int
  ) async throws(AuthError) -> WebSession.Page {
    var form = form
    // One that was typed is not asked for again with another password.
    let name: String
    if let known = self.name { name = known } else { name = try await login.name(effects) }
    self.name = name
    let password = try await login.password(try: number, effects)
    for field in form.fields where field.type != "hidden" {
      let key = field.name.lowercased()
      if Self.isPassword(field) {
        form.set(field.name, password.revealed())
      } else if key.contains("user") || key.contains("email") {
        form.set(field.name, name)
      }
    }
    form.fields.removeAll { $0.name == "Kmsi" }
    return try await session.send(form, from: page)
  }

  private mutating func withCode(
    _ form: HTMLForm, _ field: HTMLField, _ page: WebSession.Page
  ) async throws(AuthError) -> WebSession.Page {
    var copy = self
    var (form, page) = (form, page)
    let next = try await login.withCode(.any, effects) { (code) async throws(AuthError) in
      form.set(field.name, code.revealed())
      let next = try await copy.session.send(form, from: page)
      guard let again = copy.form(of: next), Self.codeField(again)?.name == field.name else {
        return next
      }
      // The same question again; what is hidden in a form is good for one answer.
      (form, page) = (again, next)
      return nil
    }
    self = copy
    return next
  }

  /// The form with the method that is chosen, on a page that lists several.
  private func chosen(
    _ form: HTMLForm, _ page: WebSession.Page
  ) async throws(AuthError) -> HTMLForm? {
    // Links of the list set one field of the form by a script.
    let methods = (page.content?.elements ?? []).filter {
      $0.name == "a" && ($0.attributes["onclick"] ?? "").contains("AuthMethod")
        || $0.attributes["data-authmethod"] != nil
    }
    let names = methods.compactMap { element -> (id: String, shown: String)? in
      let script = element.attributes["onclick"] ?? ""
      let id = element.attributes["data-authmethod"] ?? Self.lastQuoted(script)
      return id.map { ($0, element.text.trimmed.isEmpty ? $0 : element.text.trimmed) }
    }
    guard let first = names.first else { return nil }
    var id = first.id
    if names.count > 1 {
      let index = try await Menu(
        title: "Second factor for `\(login.provider)`", choices: names.map(\.shown),
        terminal: try login.person(effects), show: effects.notice
      ).choose()
      id = names[index].id
    }
    var form = form
    form.set("AuthMethod", id)
    return form
  }

  private static func lastQuoted(_ script: String) -> String? {
    let parts = script.split(separator: "'", omittingEmptySubsequences: false)
    return parts.count >= 3 ? String(parts[parts.count - 2]) : nil
  }

  private func form(of page: WebSession.Page) -> HTMLForm? {
    let forms = page.content?.forms ?? []
    return forms.first { $0.id == "loginForm" } ?? forms.first { $0.isPosted }
  }

  /// What a person types goes to the site that asked for it.
  private func checkSite(_ form: HTMLForm, _ page: WebSession.Page) throws(AuthError) {
    guard let target = session.target(of: form, on: page), target.isSameSite(as: page.place),
      page.place.isSameSite(as: start)
    else {
      throw BrowserNeed.error(login.provider, "a login at another site, \(page.place.authority)")
    }
  }

  private static func isPassword(_ field: HTMLField) -> Bool {
    field.type == "password" && field.name.lowercased().contains("pass")
  }

  private static func codeField(_ form: HTMLForm) -> HTMLField? {
    form.fields.first { field in
      field.type != "hidden" && codeFields.contains { field.name.lowercased().contains($0) }
    }
  }

  private func failure(_ page: WebSession.Page) -> AuthError? {
    let words =
      page.content?.text(id: "errorText") ?? page.content?.text(id: "errorMessage")
    return words.map {
      AuthError(
        .refused,
        "the identity provider of `\(login.provider)` refused the sign-in: "
          + DisplayText.sanitized($0, limit: 300))
    }
  }

  private func refused(_ what: String) -> AuthError {
    AuthError(.refused, "the identity provider of `\(login.provider)` does not accept \(what)")
  }
}
