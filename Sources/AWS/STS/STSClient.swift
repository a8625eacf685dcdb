import Core
import Model
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Calls STS: signs, sends, retries, reads.
struct STSClient: Sendable {
  /// Where STS is.
  let endpoint: STSEndpoint
  private let effects: Effects
  private let memory = CallMemory()

  /// Creates a client; it remembers the server's clock and the retry quota while it lives.
  init(_ endpoint: STSEndpoint, effects: Effects) {
    self.endpoint = endpoint
    self.effects = effects
  }

  /// Seconds the server's clock is ahead of ours, when an error showed that they differ; else 0.
  var skew: Int64 { memory.state.withLock { $0.skew } }

  /// Calls an action of the API of 2011-06-15.
  ///
  /// - Parameters:
  ///   - action: The action, such as `AssumeRole`.
  ///   - fields: Its input, in any order.
  ///   - keys: What to sign with; `nil` for the actions whose proof is a token in the input,
  ///     which fail when they are signed with keys that are bad.
  ///   - isRepeatable: Whether the input holds nothing that works only once.
  /// - Returns: The `<ActionResult>` element.
  /// - Throws: ``CallFailure``, once all tries are spent or trying again is pointless.
  func call(
    _ action: String, _ fields: [(name: String, value: String)], signedWith keys: AWSKeys?,
    isRepeatable: Bool = true
  ) async throws(CallFailure) -> XMLElement {
    let form = [(name: "Action", value: action), (name: "Version", value: "2011-06-15")] + fields
    let unsigned = HTTPRequest(
      method: "POST", url: endpoint.url,
      headers: [
        (name: "Content-Type", value: "application/x-www-form-urlencoded; charset=utf-8")
      ],
      body: Secret(PercentEncoding.form(form)))
    var attempt = StandardRetry(
      maximumTries: maximumTries, isRepeatable: isRepeatable, skew: skew)
    while true {
      let (outcome, response) = await send(unsigned, keys, skew: attempt.skew)
      let next = decide(&attempt, outcome)
      switch (next, outcome) {
      case (.retry(let delay, _), _):
        do { try await effects.sleep(delay) } catch { throw .cancelled }
      case (.finish, .success):
        guard let result = XMLElement.parse(response.body)?["\(action)Result"] else {
          throw .unreadable(status: response.status)
        }
        return result
      case (.finish, .refused(let error, _)):
        throw .refused(error)
      case (.finish, .failed(let failure)):
        throw failure.reason == .cancelled ? .cancelled : .unreachable(failure)
      }
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
    _ unsigned: HTTPRequest, _ keys: AWSKeys?, skew: Int64
  ) async -> (StandardRetry.Outcome, HTTPResponse) {
    let nothing = HTTPResponse(status: 0)
    var request = unsigned
    if let keys {
      let signer = SigV4Signer(keys: keys, region: endpoint.signingRegion, service: "sts")
      guard
        let signed = signer.signed(unsigned, at: effects.now().advanced(bySeconds: skew))
      else {
        let failure = TransportFailure(.misconfigured, "`\(endpoint.url)` is not an address")
        return (.failed(failure), nothing)
      }
      request = signed
    }
    do {
      let response = try await effects.transport.send(request)
      if (200...299).contains(response.status) { return (.success, response) }
      let error = ServiceError(response)
      return (.refused(error, retryAfter: retryAfter(response)), response)
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
