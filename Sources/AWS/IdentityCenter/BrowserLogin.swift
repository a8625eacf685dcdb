import Core
import Crypto
import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A login in a browser on this machine, which brings a code to our port.
///
/// The code is worth nothing to who sees it go by: it is redeemed with a verifier that never left
/// this process (RFC 7636), and taken only with the state that this process made up.
struct BrowserLogin {
  /// The service.
  let client: SSOOIDCClient
  /// Who we are there.
  let registration: BearerToken.Client
  /// The provider's name.
  let provider: String
  /// Everything outside the process.
  let effects: Effects

  /// How long a person may take.
  static let timeout = Duration.seconds(600)

  /// Sends the browser off and waits for it to come back.
  ///
  /// - Returns: The token, or `nil` if no browser could be started or no port be had.
  func token(
    _ browser: any Browser, _ callbacks: any CallbackListener
  ) async throws(LoginFailure) -> SSOOIDCClient.Token? {
    let verifier = Secret(Self.base64URL(effects.randomBytes(48)))
    let state = Secret(Self.base64URL(effects.randomBytes(32)))
    let challenge = Self.challenge(of: verifier)
    var redirectURI = ""
    var isOpen = false
    let answer: [String: String]
    do throws(AuthError) {
      answer = try await callbacks.callback(
        path: SSOOIDCClient.redirectPath, timeout: Self.timeout,
        accepts: { query in
          // Secrets compare without stopping at the first difference.
          (query["code"]?.isEmpty == false || query["error"] != nil)
            && Secret(query["state"] ?? "") == state
        },
        start: { (port) async throws(AuthError) in
          redirectURI = "http://127.0.0.1:\(port)\(SSOOIDCClient.redirectPath)"
          let page = client.authorizationURL(
            of: registration, redirectURI: redirectURI, state: state.revealed(),
            challenge: challenge)
          isOpen = await browser.open(Secret(page))
          guard isOpen else { throw AuthError(.unavailable, "no browser can be started") }
          await effects.show(SignInPage(url: page, code: nil, isOpen: true))
        })
    } catch {
      // Without a browser or a port the code on any device is left.
      if !isOpen, !Task.isCancelled { return nil }
      throw .failed(error)
    }
    return try await redeem(answer, verifier: verifier, redirectURI: redirectURI)
  }

  private func redeem(
    _ answer: [String: String], verifier: Secret, redirectURI: String
  ) async throws(LoginFailure) -> SSOOIDCClient.Token {
    guard answer["error"] == nil, let code = answer["code"] else {
      throw .failed(denied(answer))
    }
    do {
      return try await client.token(
        of: registration, code: Secret(code), verifier: verifier, redirectURI: redirectURI)
    } catch {
      throw LoginFailure(
        error,
        IdentityCenterReport(
          action: "CreateToken", subject: "provider `\(provider)`", service: .ssoOIDC,
          endpoint: client.endpoint))
    }
  }

  private func denied(_ answer: [String: String]) -> AuthError {
    let code = DisplayText.sanitized(answer["error"] ?? "no code", limit: 80)
    let words = DisplayText.sanitized(answer["error_description"] ?? "", limit: 300)
    return AuthError(
      .refused,
      code == "access_denied"
        ? "the login to `\(provider)` was denied in the browser"
        : "the login to `\(provider)` failed in the browser: \(code)",
      hints: words.isEmpty ? [] : ["the sign-in page says: \(words)"])
  }

  /// The S256 challenge of a verifier.
  static func challenge(of verifier: Secret) -> String {
    base64URL(Array(verifier.withBytes { SHA256.hash(data: $0) }))
  }

  /// Base64 for addresses, without padding (RFC 4648 §5).
  static func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }
}
