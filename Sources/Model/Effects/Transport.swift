/// Sends one request and reads one answer; no retries, no redirects.
public protocol Transport: Sendable {
  /// Sends `request`.
  ///
  /// - Throws: ``TransportFailure`` when no complete answer arrived.
  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse
}
