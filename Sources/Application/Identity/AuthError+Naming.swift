import Core

extension AuthError {
  /// The same, with what named an identity that does not exist: nobody typed that name just now.
  func naming(_ source: String) -> AuthError {
    guard code == .identityNotFound else { return self }
    var error = self
    error.message += ", named by \(DisplayText.sanitized(source))"
    return error
  }
}
