import Core
import Logging
import Model
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sends requests to a service of AWS, and sends them again where that helps and does no harm.
struct ServiceCaller: Sendable {
  /// How long a call takes at most, all tries and waits between them included.
  ///
  /// SDKs give a `credential_process` 60 seconds, and a service that hangs must be reported before
  /// they end.
  static let limit: Int64 = 45

  private let effects: Effects
  private let memory = CallMemory()

  /// Creates a caller; it remembers the server's clock and the retry quota while it lives.
  init(effects: Effects) {
    self.effects = effects
  }

  /// Seconds the server's clock is ahead of this one, if an error showed a difference; else 0.
  var skew: Int64 { memory.state.withLock { $0.skew } }

  /// The successful answer to a request.
  ///
  /// - Parameters:
  ///   - isRepeatable: Whether the request holds nothing that works only once.
  ///   - tries: How often it is sent at most; `nil` for `AWS_MAX_ATTEMPTS`.
  ///   - error: Reads an answer that is not a success.
  ///   - request: Makes the request for the server's time; `nil` if its address is none.
  /// - Returns: An answer with a status of 200...299.
  /// - Throws: ``CallFailure``, once all tries are spent or trying again is pointless.
  func response(
    isRepeatable: Bool, tries: Int? = nil, error: (HTTPResponse) -> ServiceError,
    request: (Instant) -> HTTPRequest?
  ) async throws(CallFailure) -> HTTPResponse {
    var attempt = StandardRetry(
      maximumTries: tries ?? maximumTries, isRepeatable: isRepeatable, skew: skew)
    let end = callEnd()
    while true {
      let start = effects.now()
      let rest = max(1, start.seconds(until: end))
      var message = request(start.advanced(bySeconds: attempt.skew))
      let timeout = message?.timeout ?? .seconds(rest)
      message?.timeout = min(timeout, .seconds(rest))
      let (outcome, response) = await send(message, error)
      var next = decide(&attempt, outcome)
      if case .retry(let delay, _) = next,
        effects.now().advanced(bySeconds: delay.components.seconds) >= end
      {
        next = .finish
      }
      switch (next, outcome) {
      case (.retry(let delay, let skew), _):
        effects.log.debug(
          "the request is sent again",
          metadata: [
            "because": "\(reason(outcome))", "after": "\(delay)", "clock-skew": "\(skew) s",
          ])
        do { try await effects.sleep(delay) } catch { throw .cancelled }
      case (.finish, .success):
        return response
      case (.finish, .refused(let error, _)):
        throw .refused(error)
      case (.finish, .failed(let failure)):
        throw failure.reason == .cancelled ? .cancelled : .unreachable(failure)
      }
    }
  }

  private func callEnd() -> Instant {
    let own = effects.now().advanced(bySeconds: Self.limit)
    return min(own, effects.deadline ?? own)
  }

  private func reason(_ outcome: StandardRetry.Outcome) -> String {
    switch outcome {
    case .success: "success"
    case .refused(let error, _): "\(error.status) \(error.code)"
    case .failed(let failure): failure.description
    }
  }

  private func decide(
    _ attempt: inout StandardRetry, _ outcome: StandardRetry.Outcome
  ) -> StandardRetry.Action {
    let jitter = effects.randomBytes(2).reduce(0.0) { $0 * 256 + Double($1) } / 65536
    let now = effects.now()
    return memory.state.withLock { state in
      let action = attempt.next(outcome, now: now, jitter: jitter, quota: &state.quota)
      state.skew = attempt.skew
      return action
    }
  }

  private func send(
    _ request: HTTPRequest?, _ readError: (HTTPResponse) -> ServiceError
  ) async -> (StandardRetry.Outcome, HTTPResponse) {
    let nothing = HTTPResponse(status: 0)
    guard let request else {
      return (.failed(TransportFailure(.misconfigured, "the endpoint is not an address")), nothing)
    }
    do {
      let response = try await effects.transport.send(request)
      if (200...299).contains(response.status) { return (.success, response) }
      var error = readError(response)
      error.retryAfter = retryAfter(response)
      return (.refused(error, retryAfter: error.retryAfter), response)
    } catch {
      return (.failed(error), nothing)
    }
  }

  /// What the answer asks to wait: milliseconds in AWS' header, seconds or a date in HTTP's.
  private func retryAfter(_ response: HTTPResponse) -> Duration? {
    if let text = response.header("x-amz-retry-after"), let number = Int64(text), number >= 0 {
      return .milliseconds(min(number, 60_000))
    }
    guard let text = response.header("Retry-After") else { return nil }
    if let number = Int64(text), number >= 0 { return .seconds(min(number, 60)) }
    guard let date = UTCDate.httpDate(text) else { return nil }
    return .seconds(min(max(0, effects.now().seconds(until: date)), 60))
  }

  /// `AWS_MAX_ATTEMPTS`, 3 where it is unset or no sensible number.
  private var maximumTries: Int {
    guard let number = effects.environment["AWS_MAX_ATTEMPTS"].flatMap({ Int($0) }), number > 0
    else { return 3 }
    return min(number, 20)
  }
}

/// Why a call gave nothing.
enum CallFailure: Error {
  /// The service said no.
  case refused(ServiceError)
  /// No complete answer arrived.
  case unreachable(TransportFailure)
  /// The answer says that it went well, but is not what the service would write.
  case unreadable(status: Int)
  /// The task was cancelled.
  case cancelled
}

/// What one client's calls know of one another.
private final class CallMemory: Sendable {
  struct State {
    var quota = RetryQuota()
    var skew: Int64 = 0
  }

  let state = Mutex(State())
}
