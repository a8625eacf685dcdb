import Core
import Model

/// A login in a browser on this machine, which brings a code to our port.
struct BrowserLogin {
  /// The service.
  let client: SSOOIDCClient
  /// Who we are there.
  let registration: BearerToken.Client
  /// The provider's name.
  let provider: String
  /// Everything outside the process.
  let effects: Effects

  /// Sends the browser off and waits for it to come back.
  ///
  /// - Returns: The token, or `nil` if no browser could be started or no port be had.
  func token(
    _ browser: any Browser, _ callbacks: any CallbackListener
  ) async throws(LoginFailure) -> SSOOIDCClient.Token? {
    let found: LoopbackCode?
    do {
      found = try await LoopbackCode.ask(for: "`\(provider)`", browser, callbacks, effects) {
        client.authorizationURL(
          of: registration, redirectURI: $0.redirectURI, state: $0.state, challenge: $0.challenge)
      }
    } catch {
      throw .failed(error)
    }
    guard let found else { return nil }
    do {
      return try await client.token(
        of: registration, code: found.code, verifier: found.verifier,
        redirectURI: found.redirectURI)
    } catch {
      throw LoginFailure(
        error,
        IdentityCenterReport(
          action: "CreateToken", subject: "provider `\(provider)`", service: .ssoOIDC,
          endpoint: client.endpoint))
    }
  }
}
