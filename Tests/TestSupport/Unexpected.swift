public import Core
public import Model
internal import Synchronization

/// What a double does when a test did not foresee that it would be asked: `Issue.record` in a test
/// target that hands it over, or the end of the tests.
public typealias Complaint = @Sendable (_ what: String) -> Void

/// Ends the tests at once, with the reason.
@Sendable public func trap(_ what: String) { fatalError("unexpected in this test: \(what)") }

/// A network that nobody may ask.
public struct NoNetwork: Transport {
  private let complain: Complaint

  /// One that complains.
  public init(_ complain: @escaping Complaint = trap) { self.complain = complain }

  /// Complains.
  public func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    complain("a request to \(request.url)")
    throw TransportFailure(.misconfigured, "a test asked the network")
  }
}

/// A listener that no browser may come back to.
public struct NoCallbacks: CallbackListener {
  private let complain: Complaint

  /// One that complains.
  public init(_ complain: @escaping Complaint = trap) { self.complain = complain }

  /// Complains.
  public func callback(
    path: String, timeout: Duration, accepts: @escaping @Sendable ([String: String]) -> Bool,
    start: (_ port: Int) async throws(AuthError) -> Void
  ) async throws(AuthError) -> [String: String] {
    complain("a wait for a browser at \(path)")
    throw AuthError(.system, "a test waits for no browser")
  }
}

/// A network that never answers; a call ends when its task is cancelled.
public final class SilentNetwork: Transport {
  private let asked = Mutex(false)

  /// One that nobody has asked yet.
  public init() {}

  /// Whether somebody waits for an answer, or did.
  public var wasAsked: Bool { asked.withLock { $0 } }

  /// Waits until its task is cancelled.
  public func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    asked.withLock { $0 = true }
    while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
    throw TransportFailure(.cancelled, "a test ended the wait")
  }
}
