import Core
import Model
import SignIn

/// Signs in at a SAML identity provider.
struct SAMLSource: PasswordSource {
  /// The provider's name.
  let name: String
  /// Where one signs in; the profile depends on the realm, see ``visit(in:)``.
  private let visit: SignInVisit
  /// How one signs in, where the definition says.
  private let driver: SAMLDriver?
  private let password: Secret?
  let givenPassword: SourceMark?
  private let codeSources: [CodeSource]?
  private let region: String
  private let seconds: Int64?
  private let endpointURL: String?

  /// How one signs in is not among them: it changes nothing about the assertion.
  let traits: [Trait]

  init(_ definition: Definition) throws(AuthError) {
    guard let page = definition.text("url") else {
      throw definition.broken(
        "`url` is missing or empty",
        hint: "it is the address of the AWS application at the identity provider")
    }
    guard let region = definition.text("region") else {
      throw definition.broken("`region` is missing or empty", hint: "its STS is called")
    }
    name = definition.name
    password = definition.text("password").map { Secret($0) }
    givenPassword = password == nil ? nil : definition.place("password")
    codeSources = definition.codeSources?.sources
    let user = definition.text("username")
    let browser = Self.browser(definition)
    visit = SignInVisit(
      page: page, profile: "",
      patterns: ResponseAddress.patterns, isEnd: ResponseAddress.isOne,
      path: browser.path, type: definition.text("browser_type")?.lowercased(),
      arguments: browser.arguments, username: user)
    driver = Self.named(definition)
    self.region = region
    seconds = definition.seconds("session", "duration")
    endpointURL =
      definition.text("spec", "endpoint_url") ?? definition.text("spec", "aws", "resolver", "url")
    var traits = [Trait("url", page), Trait("region", region)]
    if let user = definition.shownText("username") { traits.append(Trait("username", user)) }
    if let seconds { traits.append(Trait("duration", String(seconds))) }
    if let endpointURL { traits.append(Trait("endpoint", endpointURL)) }
    self.traits = traits
  }

  /// The browser's program and arguments: files of the checkout are those beside the configuration
  /// file, wherever the command is started, since their content is what was allowed.
  private static func browser(
    _ definition: Definition
  ) -> (path: String?, arguments: [String]) {
    let path = definition.node["browser_executable_path"]
    let arguments = definition.node["browser_arguments"]
    let words =
      [definition.text("browser_executable_path") ?? ""]
      + definition.texts("browser_arguments")
    guard let file = (path ?? arguments)?.mark.file else { return (nil, []) }
    let resolved = ProgramWords.resolved(words, beside: file)
    return (resolved.first.flatMap { $0.isEmpty ? nil : $0 }, Array(resolved.dropFirst()))
  }

  var passwordUser: String? { visit.username }

  /// Nothing is started to find out.
  func personNeed(
    after previous: Credential?, realm: String, effects: Effects
  ) async -> PersonNeed {
    keepEarlierProfile(in: realm, effects)
    let chosen = SAMLDriver.choose(named: driver, for: visit(in: realm), effects)
    if let pages = chosen.pages {
      return await formSignIn(pages, realm, "", effects).personNeed(effects)
    }
    guard chosen == .browser, let browser = effects.signInBrowser else {
      return PersonNeed(atTerminalOf: effects)
    }
    return browserResponse(in: realm, "").personNeed(browser, effects)
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    let encoded = try await encodedResponse(request)
    let response: SAMLResponse
    do {
      response = try SAMLResponse(encoded)
    } catch {
      throw error.error(of: name)
    }
    return SAMLAssertion(
      provider: name, response: encoded, seconds: seconds, endpointURL: endpointURL
    ).credential(
      issuedAt: request.effects.now(), lifetime: response.lifetime, region: region)
  }

  private func encodedResponse(_ request: LinkRequest) async throws(AuthError) -> Secret {
    let effects = request.effects
    try checkBrowser(effects)
    let realm = request.realm
    keepEarlierProfile(in: realm, effects)
    var chosen = SAMLDriver.choose(named: driver, for: visit(in: realm), effects)
    if chosen == .browser {
      if let browser = effects.signInBrowser,
        let response = try await browserResponse(in: realm, request.loginCommand)
          .response(browser, effects)
      {
        return response
      }
      chosen = SAMLDriver.withoutBrowser(named: driver, for: visit)
    }
    guard let pages = chosen.pages else { return try await pasted(request) }
    return try await formSignIn(pages, realm, request.loginCommand, effects).response(effects)
  }

  private func pasted(_ request: LinkRequest) async throws(AuthError) -> Secret {
    try await PastedResponse(
      provider: name, page: visit.page, loginCommand: request.loginCommand
    ).response(request.effects)
  }

  /// The browser's cookies would sign in again without a question.
  func forget(realm: String, effects: Effects) throws(AuthError) -> Bool {
    let profile = profile(in: realm)
    let wasHere = try FileSystem.removeTree(profile.directory(effects))
    return try FileSystem.removeTree(profile.earlierDirectory(effects)) || wasHere
  }

  private func profile(in realm: String) -> SAMLProfile {
    SAMLProfile(realm: realm, provider: name, page: visit.page, user: visit.username)
  }

  private func visit(in realm: String) -> SignInVisit {
    var visit = visit
    visit.profile = profile(in: realm).name
    return visit
  }

  private func keepEarlierProfile(in realm: String, _ effects: Effects) {
    profile(in: realm).keepEarlier(effects)
  }

  private func formSignIn(
    _ pages: FormSignIn.Pages, _ realm: String, _ loginCommand: String, _ effects: Effects
  ) -> FormSignIn {
    var signIn = FormSignIn(
      pages, provider: name, page: visit.page, username: visit.username, password: password,
      codeSources: codeSources, isEnd: ResponseAddress.isOne,
      deviceFile: "\(profile(in: realm).directory(effects))/device", loginCommand: loginCommand)
    signIn.relyingParty = Partition.ofRegion(region).relyingParty
    signIn.passwordEntry = KeyringEntry.password(realm: realm, provider: name)
    return signIn
  }

  private func browserResponse(
    in realm: String, _ loginCommand: String
  ) -> BrowserResponse {
    BrowserResponse(
      provider: name, visit: visit(in: realm), isNamed: driver == .browser,
      loginCommand: loginCommand)
  }

  /// A program that is named and not there is a mistake, not a machine without browsers.
  private func checkBrowser(_ effects: Effects) throws(AuthError) {
    guard driver == nil || driver == .browser, let path = visit.path,
      let browser = effects.signInBrowser,
      browser.program(for: visit) == nil
    else { return }
    throw AuthError(
      .badConfiguration,
      "provider `\(name)`: the browser \(DisplayText.sanitized(path, limit: 200)) cannot be run",
      hints: ["look at `browser_executable_path`, or take it away to use any that is installed"])
  }
}
