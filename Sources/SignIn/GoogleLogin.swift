internal import Core
internal import HTML
internal import Model

/// A login on the pages that Google Workspace shows to browsers without scripts.
///
/// Google changes them without a word (trap 57 of docs/traps.md), and often wants a real browser; so
/// this is never chosen where one can be shown.
struct GoogleLogin {
  private let login: FormSignIn
  private let start: Location
  private let effects: Effects
  private var session: WebSession

  private static let pages = 15

  init(_ login: FormSignIn, _ start: Location, _ effects: Effects) {
    self.login = login
    self.start = start
    self.effects = effects
    session = WebSession(effects, provider: login.provider)
  }

  mutating func response() async throws(AuthError) -> Secret {
    let mark = start.query.isEmpty ? "?" : "&"
    guard let place = Location("\(start.url)\(mark)hl=en&loc=US") else {
      throw session.unexpected("nothing", at: start)
    }
    var page = try await session.open(place)
    var passwords = 0
    for _ in 0..<Self.pages {
      if let response = try await login.follow(&page, &session) { return response }
      guard page.place.isSameSite(as: start), let form = form(of: page) else {
        throw refusal(page)
      }
      if let field = form.field("Passwd"), field.type == "password" {
        guard passwords == 0 || login.mayAskAgain(after: passwords, effects) else {
          throw refusal(page)
        }
        passwords += 1
        var filled = form
        filled.set(field.name, try await login.password(try: passwords, effects).revealed())
        filled.clear("TrustDevice")
        filled.set("bgresponse", "js_enabled")
        page = try await session.send(filled, from: page)
      } else if let field = form.field("Email") ?? form.field("identifier"), field.type != "hidden"
      {
        var filled = form
        filled.set(field.name, try await login.name(effects))
        filled.set("bgresponse", "js_enabled")
        let next = try await session.send(filled, from: page)
        if self.form(of: next)?.field(field.name)?.type == field.type { throw refusal(next) }
        page = next
      } else if form.id != "challenge", page.content?.forms.contains(where: Self.isChoice) ?? false
      {
        page = try await choose(page)
      } else {
        page = try await challenge(form, page)
      }
    }
    throw session.unexpected("pages without an end", at: page.place)
  }

  /// Does what a page demands beside name and password.
  private mutating func challenge(
    _ form: HTMLForm, _ page: WebSession.Page
  ) async throws(AuthError) -> WebSession.Page {
    switch step(form, page) {
    case "totp": return try await withCode(form, page)
    case "ipp": return try await withSentCode(form, page)
    case "az", "dp": return try await withPrompt(form, page)
    case let step:
      throw BrowserNeed.error(
        login.provider,
        "a browser for this step (\(DisplayText.sanitized(step ?? "unknown", limit: 40)))")
    }
  }

  /// Which step a page is, as its address or its form's says: `totp` of `/signin/challenge/totp/2`.
  private func step(_ form: HTMLForm, _ page: WebSession.Page) -> String? {
    let paths = [page.place.path, session.target(of: form, on: page)?.path ?? ""]
    let steps = paths.compactMap { path in
      path.firstRange(of: "/challenge/").map {
        String(path[$0.upperBound...].prefix { $0 != "/" })
      }
    }
    // The page of the password is where it was sent to.
    return steps.first { $0 != "sl" && !$0.isEmpty }
  }

  private mutating func withCode(
    _ form: HTMLForm, _ page: WebSession.Page
  ) async throws(AuthError) -> WebSession.Page {
    var copy = self
    var (form, page) = (form, page)
    let next = try await login.withCode(.sixDigits, effects) { (code) async throws(AuthError) in
      form.set("Pin", code.revealed())
      form.clear("TrustDevice")
      let next = try await copy.session.send(form, from: page)
      // What is hidden in a form is good for one answer.
      guard let again = copy.form(of: next), copy.step(again, next) == "totp" else { return next }
      (form, page) = (again, next)
      return nil
    }
    self = copy
    return next
  }

  private mutating func withSentCode(
    _ form: HTMLForm, _ page: WebSession.Page
  ) async throws(AuthError) -> WebSession.Page {
    var page = page
    var form = form
    if form.field("Pin") == nil {
      form.set("SendMethod", "SMS")
      form.clear("TrustDevice")
      page = try await session.send(form, from: page)
      guard let next = self.form(of: page), next.field("Pin") != nil else { throw refusal(page) }
      form = next
    }
    let person = try login.person(effects)
    for number in 1...3 {
      let code = try await person.ask(
        number == 1 ? "Code from the text message: " : "Wrong. Code from the text message: ",
        hidden: true)
      form.set("Pin", Self.pin(code))
      form.clear("TrustDevice")
      let next = try await session.send(form, from: page)
      guard let again = self.form(of: next), step(again, next) == "ipp" else { return next }
      (form, page) = (again, next)
    }
    throw AuthError(.refused, "the identity provider of `\(login.provider)` did not take the code")
  }

  /// The digits of a code from a text message, which writes `G-` before them.
  private static func pin(_ code: Secret) -> String {
    let text = code.revealed().trimmed
    return text.lowercased().hasPrefix("g-") ? String(text.dropFirst(2)) : text
  }

  /// Waits for the answer to a prompt on a telephone.
  ///
  /// Without scripts a page does not notice that it was answered: it has a button for that.
  private mutating func withPrompt(
    _ form: HTMLForm, _ page: WebSession.Page
  ) async throws(AuthError) -> WebSession.Page {
    let person = try login.person(effects)
    var (form, page) = (form, page)
    for number in 1...3 {
      let shown = page.content?.elements.first { $0.name == "samp" }?.text.trimmed ?? ""
      effects.notice(
        "Approve the sign-in to `\(login.provider)` on your telephone"
          + (shown.isEmpty
            ? "." : ": the number to tap there is \(DisplayText.sanitized(shown, limit: 20))."))
      let question = "Press Enter when you have done so: "
      _ = try await person.ask(number == 1 ? question : "Not yet. \(question)", hidden: false)
      form.clear("TrustDevice")
      let next = try await session.send(form, from: page)
      guard let again = self.form(of: next), ["az", "dp"].contains(step(again, next)) else {
        return next
      }
      (form, page) = (again, next)
    }
    throw AuthError(.refused, "the sign-in to `\(login.provider)` was not approved")
  }

  private static func isChoice(_ form: HTMLForm) -> Bool {
    form.attributes["data-challengeentry"] != nil
  }

  /// Lets the person choose one of the steps that are known here.
  private mutating func choose(_ page: WebSession.Page) async throws(AuthError) -> WebSession.Page {
    let known = [
      "totp": "code of an app", "ipp": "text message", "az": "prompt on a telephone",
      "dp": "prompt on a telephone, with a number",
    ]
    let forms = (page.content?.forms ?? []).filter(Self.isChoice).compactMap { form in
      known.first { form.action.contains("/challenge/\($0.key)/") }.map { (form, $0.value) }
    }
    guard let first = forms.first else {
      throw BrowserNeed.error(login.provider, "a second factor that only a browser has")
    }
    var form = first.0
    if forms.count > 1 {
      let index = try await Menu(
        title: "Second factor for `\(login.provider)`", choices: forms.map(\.1),
        terminal: try login.person(effects), show: effects.notice
      ).choose()
      form = forms[index].0
    }
    guard let target = session.target(of: form, on: page), target.isSameSite(as: start) else {
      throw refusal(page)
    }
    return try await session.send(form, from: page)
  }

  private func form(of page: WebSession.Page) -> HTMLForm? {
    let forms = page.content?.forms ?? []
    let form =
      forms.first { ["gaia_loginform", "challenge"].contains($0.id ?? "") }
      ?? forms.first { $0.isPosted }
    guard let form, let target = session.target(of: form, on: page),
      target.isSameSite(as: start)
    else { return nil }
    return form
  }

  private func refusal(_ page: WebSession.Page) -> AuthError {
    let error = page.content?.elements.first {
      ($0.attributes["class"] ?? "").contains("error-msg") || $0.attributes["id"] == "passwordError"
    }
    if let words = error?.text.trimmed, !words.isEmpty {
      return AuthError(
        .refused,
        "the identity provider of `\(login.provider)` refused the sign-in: "
          + DisplayText.sanitized(words, limit: 300), hints: [BrowserNeed.hint])
    }
    let isCaptcha = page.content?.forms.contains { $0.field("logincaptcha") != nil } ?? false
    return BrowserNeed.error(login.provider, isCaptcha ? "a captcha" : "a browser")
  }
}
