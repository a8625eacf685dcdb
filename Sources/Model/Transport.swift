public import Core

/// A request that goes out exactly as it stands: headers are neither added to nor reordered,
/// except for `Host` and `Content-Length`.
public struct HTTPRequest: Sendable {
  /// `GET`, `POST`, ...
  public var method: String
  /// The absolute address.
  public var url: String
  /// Header fields in order; names in any case.
  public var headers: [(name: String, value: String)]
  /// The body; secret, since it may carry codes and tokens.
  public var body: Secret
  /// How long the whole exchange may take; `nil` for the transport's own limits, which suit
  /// services on the internet.
  public var timeout: Duration?
  /// What the service calls it, such as `AssumeRole`: for logs, since an address may be a secret.
  public var operation: String

  /// Creates a request.
  public init(
    method: String, url: String, headers: [(name: String, value: String)] = [],
    body: Secret = Secret(""), timeout: Duration? = nil, operation: String = ""
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.timeout = timeout
    self.operation = operation
  }
}

/// A server's answer, read to its end.
public struct HTTPResponse: Sendable {
  /// The status, 100...599.
  public var status: Int
  /// Header fields in order of arrival.
  public var headers: [(name: String, value: String)]
  /// The body, at most 4 MiB.
  public var body: [UInt8]

  /// Creates a response.
  public init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first value of a header field, its name compared without case.
  public func header(_ name: String) -> String? {
    let lowered = name.lowercased()
    return headers.first { $0.name.lowercased() == lowered }?.value
  }
}

/// Sends one request and reads one answer; no retries, no redirects.
public protocol Transport: Sendable {
  /// Sends `request`.
  ///
  /// - Throws: ``TransportFailure`` when no complete answer arrived.
  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse
}

/// Why no complete answer arrived.
public struct TransportFailure: Error, Sendable, CustomStringConvertible {
  /// What went wrong, as far as retrying is concerned.
  public enum Reason: Sendable, Hashable {
    /// Nothing was sent: name unknown, connection refused, proxy refused, TLS failed.
    case notSent
    /// It may have been sent: the connection broke or time ran out.
    case maybeSent
    /// The address or a setting (CA bundle, proxy) is unusable; trying again is pointless.
    case misconfigured
    /// The task was cancelled.
    case cancelled
  }

  /// What went wrong, as far as retrying is concerned.
  public var reason: Reason
  /// Whether time ran out.
  public var isTimeout: Bool
  /// One sentence that names the host and the cause; lower case, no full stop, no secrets.
  public var description: String

  /// Creates a failure.
  public init(_ reason: Reason, _ description: String, isTimeout: Bool = false) {
    self.reason = reason
    self.description = description
    self.isTimeout = isTimeout
  }
}
