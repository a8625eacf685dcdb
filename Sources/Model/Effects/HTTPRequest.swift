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
