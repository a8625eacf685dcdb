public import Core

/// The codes of one login, three at most.
public protocol CodeSupply: AnyObject, Sendable {
  /// A code that no process has sent before, and none will send again.
  ///
  /// It may wait for the next window of the device, and says so.
  ///
  /// - Parameter refusal: What became of the code before; `nil` the first time.
  /// - Returns: Six digits, or `nil` when no further one is to be tried after a refusal.
  /// - Throws: ``AuthError`` with code `loginRequired` if there is nobody to ask, the person gave
  ///   up, or no source has a code; `system` if codes cannot be kept apart.
  func next(after refusal: CodeRefusal?) async throws(AuthError) -> Secret?
}
