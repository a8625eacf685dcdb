public import Core

/// Where a browser brings the result of a login: a server on a loopback port of its own.
public protocol CallbackListener: Sendable {
  /// Listens at a free port of 127.0.0.1, calls `start` once it is bound, and waits for the first
  /// `GET` of `path` whose query `accepts` takes. Other requests are answered and ignored: browsers
  /// fetch icons, look ahead and come twice.
  ///
  /// - Parameters:
  ///   - path: The path of the address that the browser is sent back to, such as
  ///     `/oauth/callback`.
  ///   - timeout: How long to wait after `start` returned.
  ///   - accepts: Whether a query, its names and values decoded, is the awaited one. It compares
  ///     `state`.
  ///   - start: Sends the browser off; given the port.
  /// - Returns: The accepted query. The browser was shown whether it holds `code` or `error`.
  /// - Throws: ``AuthError``: `system` if no port can be had; `loginRequired` after `timeout`; what
  ///   `start` threw. Cancelling the task closes the port.
  func callback(
    path: String, timeout: Duration, accepts: @escaping @Sendable ([String: String]) -> Bool,
    start: (_ port: Int) async throws(AuthError) -> Void
  ) async throws(AuthError) -> [String: String]
}
