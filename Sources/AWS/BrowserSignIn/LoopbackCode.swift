import Core
import Crypto
import Model

/// An authorization code that a browser on this machine sends to a port that we listen on.
///
/// The code is worth nothing to anyone who sees it go by: it is redeemed with a verifier that never left
/// this process (RFC 7636), and taken only with the state that this process made up.
struct LoopbackCode: Sendable {
  /// The code.
  let code: Secret
  /// What proves that whoever redeems it asked for it.
  let verifier: Secret
  /// Where the browser brought it.
  let redirectURI: String

  /// The path at our port.
  static let path = "/oauth/callback"
  /// How long a person may take.
  private static let timeout = Duration.seconds(600)

  /// What the page is told of a login.
  struct Question {
    /// Where the browser is to be sent back to.
    var redirectURI: String
    /// What it has to bring back with the code.
    var state: String
    /// The challenge of the verifier.
    var challenge: String
  }

  /// Sends the browser off and waits for it to come back.
  ///
  /// - Parameters:
  ///   - subject: What is logged in to, with its backticks.
  ///   - browser: The browser.
  ///   - callbacks: Where it comes back to.
  ///   - effects: Everything outside the process.
  ///   - page: The page's address.
  /// - Returns: The code, or `nil` if no browser could be started or no port be had.
  /// - Throws: ``AuthError``: `refused` if the page says no, or as
  ///   ``Model/CallbackListener/callback(path:timeout:accepts:start:)``.
  static func ask(
    for subject: String, _ browser: any Browser, _ callbacks: any CallbackListener,
    _ effects: Effects, page: (Question) -> String
  ) async throws(AuthError) -> LoopbackCode? {
    let verifier = newVerifier(effects)
    var question = Question(
      redirectURI: "", state: UniqueID.make(effects), challenge: challenge(of: verifier))
    let state = Secret(question.state)
    var isOpen = false
    let answer: [String: String]
    do throws(AuthError) {
      answer = try await callbacks.callback(
        path: path, timeout: timeout,
        accepts: { query in
          // Secrets compare without stopping at the first difference.
          (query["code"]?.isEmpty == false || query["error"] != nil)
            && Secret(query["state"] ?? "") == state
        },
        start: { (port) async throws(AuthError) in
          question.redirectURI = "http://127.0.0.1:\(port)\(path)"
          let page = page(question)
          isOpen = await browser.open(Secret(page))
          guard isOpen else { throw AuthError(.unavailable, "no browser can be started") }
          await effects.show(SignInPage(url: page, code: nil, isOpen: true))
        })
    } catch {
      // Without a browser or a port another way is left.
      if !isOpen, !Task.isCancelled { return nil }
      throw error
    }
    guard answer["error"] == nil, let code = answer["code"] else {
      throw denied(subject, answer)
    }
    return LoopbackCode(
      code: Secret(code), verifier: verifier, redirectURI: question.redirectURI)
  }

  private static func denied(_ subject: String, _ answer: [String: String]) -> AuthError {
    let code = DisplayText.sanitized(answer["error"] ?? "no code", limit: 80)
    let words = DisplayText.sanitized(answer["error_description"] ?? "", limit: 300)
    return AuthError(
      .refused,
      code == "access_denied"
        ? "the login to \(subject) was denied in the browser"
        : "the login to \(subject) failed in the browser: \(code)",
      hints: words.isEmpty ? [] : ["the sign-in page says: \(words)"])
  }

  /// A new verifier, 64 characters.
  static func newVerifier(_ effects: Effects) -> Secret {
    Secret(Base64.encode(effects.randomBytes(48), .url))
  }

  /// The S256 challenge of a verifier.
  static func challenge(of verifier: Secret) -> String {
    verifier.withBytes { bytes in
      String(decoding: Base64.encode(Array(SHA256.hash(data: bytes)), .url), as: UTF8.self)
    }
  }
}

/// Identifiers that nobody guesses or makes a second time: UUIDs of version 4 (RFC 9562).
enum UniqueID {
  /// Makes one.
  static func make(_ effects: Effects) -> String {
    var bytes = effects.randomBytes(16)
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = Hex.lowercase(bytes)
    var parts: [Substring] = []
    var rest = digits[...]
    for count in [8, 4, 4, 4, 12] {
      parts.append(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    return parts.joined(separator: "-")
  }
}
