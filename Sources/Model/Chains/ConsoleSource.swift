public import Core

/// An identity whose session its cloud's console does not take, and which gets another one for it.
public protocol ConsoleSource: CredentialSource {
  /// A credential that the console takes.
  ///
  /// - Parameters:
  ///   - seconds: How long it is to last, within ``CloudConsole/durations``.
  ///   - realm: The realm in force, empty when there is none.
  ///   - session: Gets the identity's session after a second factor, a remembered one where it
  ///     lasts.
  ///   - effects: Everything outside the process that the call may touch.
  /// - Returns: The credential; the console's session lasts as long.
  /// - Throws: ``AuthError``, as ``CredentialSource/credential(_:)`` does.
  func consoleCredential(
    seconds: Int64, realm: String, session: @escaping () async throws(AuthError) -> Credential,
    effects: Effects
  ) async throws(AuthError) -> Credential
}
