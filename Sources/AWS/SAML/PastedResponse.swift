import Core
import Model

/// A login in any browser, from which the person brings the response by hand.
struct PastedResponse {
  /// The provider's name.
  var provider: String
  /// Where one signs in.
  var page: String
  /// What a person types to log in.
  var loginCommand: String

  /// Nothing that is pasted is longer: what a browser shows of a form has `%XX` in it.
  private static let longestText = 3 * SAMLResponse.longestText

  /// Asks for the response.
  ///
  /// - Returns: It in base64.
  /// - Throws: ``AuthError``: `loginRequired` without a terminal, or as
  ///   ``Interaction/paste(_:limit:)``.
  func response(_ effects: Effects) async throws(AuthError) -> Secret {
    guard let terminal = effects.interaction else {
      throw AuthError(
        .loginRequired,
        "provider `\(provider)` needs a SAML response, and there is no terminal to paste it into",
        hints: ["run `\(loginCommand)` in a terminal"])
    }
    effects.notice(
      "Sign in at \(DisplayText.sanitized(page)) in any browser, with the developer tools open at "
        + "Network."
    )
    effects.notice(
      "Copy the form value `SAMLResponse` from the request to AWS' `/saml` and paste it here within "
        + "five minutes.")
    return Self.cleaned(
      try await terminal.paste("SAMLResponse (not shown): ", limit: Self.longestText))
  }

  /// The base64 in a text that was copied out of a browser: with its name, as part of a form, in
  /// quotes, or broken into lines.
  static func cleaned(_ pasted: Secret) -> Secret {
    var text = pasted.revealed()
    if let name = text.firstRange(of: "SAMLResponse") {
      text = String(text[name.upperBound...].drop { "\"'=: \t".contains($0) })
    }
    text = String(text.prefix { $0 != "&" })
    if text.contains("%") { text = PercentEncoding.decode(text) }
    text.removeAll { $0.isWhitespace || $0 == "\"" || $0 == "'" }
    return Secret(text)
  }
}
