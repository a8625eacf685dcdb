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
