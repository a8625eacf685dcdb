import Core
import Model

/// A user without access keys signs in to the console in a browser, which gives keys as well.
extension AWSUserSource: BrowserSignInSource {
  func signingIn() throws(AuthError) -> any CredentialSource {
    guard settings.signsInInBrowser else {
      throw AuthError(
        .badConfiguration,
        "identity `\(name)` does not sign in in a browser: `credentials.webflow_enabled` is `false`",
        hints: ["take that away, or log in with access keys: `atmos-auth login \(name)`"])
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
    guard settings.signsInInBrowser, let previous = request.previous, previous.renewal != nil else {
      return nil
    }
    return try await browserSignIn(request).renewed(previous)
  }

  func browserSignIn(_ request: LinkRequest) throws(AuthError) -> BrowserSignIn {
    // Another partition's users are not known at the sign-in of this one.
    let region = settings.region(for: nil)
    let endpoint = try ServiceEndpoint.resolve(
      .signIn, region: region, configured: nil, effects: request.effects)
    return BrowserSignIn(
      identity: name, client: SignInClient(endpoint, effects: request.effects), region: region,
      loginCommand: request.loginCommand, effects: request.effects)
  }
}
