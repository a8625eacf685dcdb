public import Core
internal import HTML
public import Model

/// A login on the pages of an identity provider without a browser.
public struct FormSignIn: Sendable {
  /// Whose pages they are.
  public enum Pages: Sendable {
    /// Okta's, by its authentication API.
    case okta
    /// Active Directory Federation Services'.
    case adfs
    /// Google Workspace's.
    case google
  }

  /// Whose pages they are.
  public var pages: Pages
  /// The provider's name.
  public var provider: String
  /// Where one signs in.
  public var page: String
  /// The user's name, where the definition says.
  public var username: String?
  /// The password, where the definition says.
  public var password: Secret?
  /// The keyring's entry with the password; `nil` for none.
  public var passwordEntry: String?
  /// Where one-time codes come from; `nil` for the usual places.
  public var codeSources: [CodeSource]?
  /// Whether an address is one that responses are for.
  public var isEnd: @Sendable (_ url: String) -> Bool
  /// The file with what tells the identity provider that this machine is known; `nil` for none.
  public var deviceFile: String?
  /// What a person types to log in.
  public var loginCommand: String
  /// What ADFS calls AWS.
  public var relyingParty = "urn:amazon:webservices"

  /// How often a password is asked for; identity providers lock users after a few wrong ones.
  static let passwords = 3

  /// Creates a login.
  public init(
    _ pages: Pages, provider: String, page: String, username: String?, password: Secret?,
    codeSources: [CodeSource]?, isEnd: @escaping @Sendable (_ url: String) -> Bool,
    deviceFile: String?, loginCommand: String
  ) {
    self.pages = pages
    self.provider = provider
    self.page = page
    self.username = username
    self.password = password
    self.codeSources = codeSources
    self.isEnd = isEnd
    self.deviceFile = deviceFile
    self.loginCommand = loginCommand
  }

  /// What a login takes of a person, as far as that is known before.
  public func personNeed(_ effects: Effects) async -> PersonNeed {
    guard username != nil else { return PersonNeed(atTerminalOf: effects) }
    if password != nil { return .unneeded }
    guard let passwordEntry, await !effects.keyring.isMissing(passwordEntry) else {
      return PersonNeed(atTerminalOf: effects)
    }
    // Some keyrings say only when they are asked, and then a person is the last resort.
    return effects.interaction == nil ? .unneeded : .present
  }

  /// Gets the response.
  ///
  /// - Returns: It in base64.
  /// - Throws: ``AuthError``: `loginRequired` if a person is needed and there is none, `refused` if
  ///   the identity provider said no or demands a browser, `unavailable` if it cannot be reached.
  public func response(_ effects: Effects) async throws(AuthError) -> Secret {
    guard let place = Location(page) else {
      throw AuthError(.badConfiguration, "provider `\(provider)`: `url` is not an address")
    }
    switch pages {
    case .okta:
      var login = OktaLogin(self, place, effects)
      return try await login.response()
    case .adfs:
      var login = ADFSLogin(self, place, effects)
      return try await login.response()
    case .google:
      var login = GoogleLogin(self, place, effects)
      return try await login.response()
    }
  }

  // MARK: What the pages have in common

  /// The user's name, asked for where it is not configured.
  func name(_ effects: Effects) async throws(AuthError) -> String {
    if let username { return username }
    return try await person(effects).ask("User name at `\(provider)`: ", hidden: false).revealed()
      .trimmed
  }

  /// The password for a try, from 1; after the first one only a person has another one.
  func password(try number: Int, _ effects: Effects) async throws(AuthError) -> Secret {
    if number == 1, let password { return password }
    if number == 1, let stored = try await storedPassword(effects) { return stored }
    return try await person(effects).ask(
      number == 1 ? "Password for `\(provider)`: " : "Wrong. Password for `\(provider)`: ",
      hidden: true)
  }

  /// The password in the keyring; `nil` if there is none, or only the name of the user is not known.
  private func storedPassword(_ effects: Effects) async throws(AuthError) -> Secret? {
    guard username != nil, let passwordEntry,
      let stored = try await effects.keyring.read(passwordEntry)
    else { return nil }
    try effects.origins.check(passwordEntry, for: provider)
    return stored
  }

  /// Whether another password may be tried after so many.
  func mayAskAgain(after number: Int, _ effects: Effects) -> Bool {
    number < Self.passwords && effects.interaction != nil
  }

  /// The person at the terminal.
  func person(_ effects: Effects) throws(AuthError) -> any Interaction {
    if let person = effects.interaction { return person }
    throw AuthError(
      .loginRequired, "provider `\(provider)` needs a login, and there is no terminal to ask on",
      hints: ["run `\(loginCommand)` in a terminal"])
  }

  /// Calls `attempt` with one-time codes until one is taken.
  ///
  /// `attempt` returns `nil` for a code that is not taken.
  func withCode<Result>(
    _ form: CodeRequest.Form, _ effects: Effects,
    _ attempt: (_ code: Secret) async throws(AuthError) -> Result?
  ) async throws(AuthError) -> Result {
    let request = CodeRequest(provider: provider, sources: codeSources, form: form)
    return try await SecondFactor(request, effects: effects).perform(
      refusal: { (failure: Attempt) in
        if case .refused = failure { CodeRefusal(remark: "the code was not taken") } else { nil }
      },
      report: { failure in failure.error(self.provider) },
      { (code) async throws(Attempt) in
        do throws(AuthError) {
          if let result = try await attempt(code) { return result }
        } catch {
          throw .failed(error)
        }
        throw .refused
      })
  }

  /// Why a code brought nothing.
  private enum Attempt: Error {
    case refused
    case failed(AuthError)

    func error(_ provider: String) -> AuthError {
      switch self {
      case .refused:
        AuthError(.refused, "the identity provider of `\(provider)` did not take the code")
      case .failed(let error): error
      }
    }
  }

  /// The response on a page, if it is there and meant for AWS.
  func response(on page: WebSession.Page, _ session: WebSession) -> Secret? {
    for form in page.content?.forms ?? [] {
      guard let value = form.value("SAMLResponse"), !value.isEmpty,
        let target = session.target(of: form, on: page), isEnd(target.url)
      else { continue }
      return Secret(value.filter { !$0.isWhitespace })
    }
    return nil
  }

  /// Follows pages that send themselves on until one has the response.
  ///
  /// - Returns: The response; `nil` if a page is reached that waits for a person, which is `page` then.
  func follow(
    _ page: inout WebSession.Page, _ session: inout WebSession
  ) async throws(AuthError) -> Secret? {
    for _ in 0..<10 {
      if let response = response(on: page, session) { return response }
      let forms = page.content?.forms ?? []
      guard let form = forms.first(where: { Self.sendsItself($0, on: page.content) }) else {
        return nil
      }
      page = try await session.send(form, from: page)
    }
    throw session.unexpected("pages without an end", at: page.place)
  }

  /// Whether nobody has to fill in anything: something on its way to another page.
  ///
  /// A page that asks nothing and waits for a telephone looks alike, and says how it is approved.
  private static func sendsItself(_ form: HTMLForm, on page: HTMLPage?) -> Bool {
    guard form.isPosted,
      form.fields.allSatisfy({ ["hidden", "submit", "button", "image"].contains($0.type) })
    else { return false }
    if form.value("SAMLRequest") != nil || form.value("SAMLResponse") != nil { return true }
    guard form.value("AuthMethod") == nil else { return false }
    return form.value("RelayState") != nil || isSentByBody(of: page)
  }

  /// Whether a page sends a form as soon as it is there.
  private static func isSentByBody(of page: HTMLPage?) -> Bool {
    let body = page?.elements.first { $0.name == "body" }
    return body?.attributes["onload"]?.contains("submit(") ?? false
  }
}
