public import Core

/// A link that a person can also log in to on a page of its cloud, whatever is stored for it.
public protocol BrowserSignInSource: CredentialSource {
  /// The same link, which asks for a new sign-in in a browser: neither stored keys nor a refresh token
  /// are used.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` if its definition rules that out.
  func signingIn() throws(AuthError) -> any CredentialSource
}
