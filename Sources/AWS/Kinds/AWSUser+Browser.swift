import Core
import Logging
import Model

/// A user without access keys signs in to the console in a browser, which gives keys as well.
extension AWSUserSource: BrowserSignInSource {
  func signingIn() throws(AuthError) -> any CredentialSource {
    guard settings.signsInInBrowser else {
      let command = ShellQuoting.typed(command: ["atmos-auth", "login", name])
      throw AuthError(
        .badConfiguration,
        "identity `\(name)` does not sign in in a browser: `credentials.webflow_enabled` is `false`",
        hints: ["remove that setting, or log in with access keys: `\(command)`"])
    }
    var source = self
    source.opensBrowser = true
    return source
  }

  var renewsFirst: Bool { !opensBrowser }

  /// Whether a new session is one of a browser, as far as that shows without a password.
  func needsBrowser(
    after previous: Credential?, realm: String, effects: Effects
  ) async -> Bool {
    if opensBrowser { return true }
    guard settings.configuredKeys == nil, settings.signsInInBrowser else { return false }
    if previous?.renewal != nil { return true }
    return await effects.keyring.isMissing(KeyringEntry.stored(realm: realm, name: name))
  }

  /// What renews a sign-in, where there was one.
  ///
  /// - Returns: `nil` when there was none, or a person is needed.
  func renewed(_ request: LinkRequest) async throws(AuthError) -> Credential? {
    guard settings.signsInInBrowser, let previous = request.previous,
      let renewal = previous.renewal
    else { return nil }
    let signIn = try browserSignIn(request)
    if settings.keepsForCLI, let session = previous.principal {
      // The AWS CLI renews it as well, so what counts is in its file.
      let files = CLILoginFiles(surroundings: request.effects)
      if try files.read(session) != nil {
        let login = try await signIn.cliLogin(of: session, files)
        return login?.credential(of: session, region: signIn.region, renewal, request.effects.now())
      }
    }
    return try await signIn.renewed(previous)
  }

  // MARK: Logins of the AWS CLI

  /// The keys of the AWS CLI's login of the very user who signed in here before.
  ///
  /// A definition does not say who that is; only a sign-in does.
  ///
  /// - Returns: `nil` if no such login works, so that a person has to sign in.
  func ofCLI(_ request: LinkRequest) async -> Credential? {
    guard hasCLILogin(after: request.previous, request.effects),
      let session = request.previous?.principal
    else { return nil }
    let files = CLILoginFiles(surroundings: request.effects)
    do throws(AuthError) {
      let signIn = try browserSignIn(request)
      let login = try await signIn.cliLogin(of: session, files)
      return login?.credential(of: session, region: signIn.region, nil, request.effects.now())
    } catch {
      request.effects.log.debug(
        "a login of `aws login` cannot be used", metadata: ["why": "\(error.message)"])
      return nil
    }
  }

  func hasCLILogin(after previous: Credential?, _ effects: Effects) -> Bool {
    guard !opensBrowser, settings.signsInInBrowser, !effects.isOfJob,
      let session = previous?.principal
    else { return false }
    // One that cannot be read is as good as none.
    return (try? CLILoginFiles(surroundings: effects).read(session)) ?? nil != nil
  }

  func browserSignIn(_ request: LinkRequest) throws(AuthError) -> BrowserSignIn {
    // Another partition's users are not known at the sign-in of this one.
    let region = settings.region(for: nil)
    let endpoint = try ServiceEndpoint.resolve(
      .signIn, region: region, configured: nil, effects: request.effects)
    return BrowserSignIn(
      identity: name, client: SignInClient(endpoint, effects: request.effects), region: region,
      keepsForCLI: settings.keepsForCLI && !request.effects.isOfJob,
      loginCommand: request.loginCommand, effects: request.effects)
  }
}
