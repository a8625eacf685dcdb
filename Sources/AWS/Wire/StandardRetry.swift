import Core
import Model

/// One call in the AWS SDKs' "standard" retry mode, as a state machine: what happened goes in,
/// what to do comes out; no clock, no network, no dice.
///
/// Source: "Retry behavior", AWS SDKs and Tools Reference Guide, and botocore's
/// `retries/standard.py`.
struct StandardRetry {
  /// What became of the latest try.
  enum Outcome {
    /// The service did what was asked.
    case success
    /// The service, or something in front of it, said no.
    case refused(ServiceError, retryAfter: Duration?)
    /// No complete answer arrived.
    case failed(TransportFailure)
  }

  /// What to do next.
  enum Action: Equatable {
    /// Wait, then send the request again, with a new signature for `now + skew` seconds.
    case retry(after: Duration, skew: Int64)
    /// The latest outcome is final.
    case finish
  }

  /// The tries there may be in all, the first one included.
  let maximumTries: Int
  /// Whether sending twice is harmless.
  ///
  /// A one-time code is not to be sent again once a server may have seen it: it would turn a
  /// network fault into a wrong code.
  let isRepeatable: Bool
  /// Seconds the server's clock is ahead of this one, as far as is known.
  private(set) var skew: Int64
  /// The number of the latest try, from 1.
  private(set) var tries = 1

  private var hasCorrectedClock = false
  private var taken = 0

  /// Begins a call whose first try is under way.
  init(maximumTries: Int, isRepeatable: Bool, skew: Int64 = 0) {
    self.maximumTries = max(1, maximumTries)
    self.isRepeatable = isRepeatable
    self.skew = skew
  }

  /// Decides.
  ///
  /// - Parameters:
  ///   - outcome: What became of the latest try.
  ///   - now: The local clock when it ended.
  ///   - jitter: A number in 0..<1 from the dice.
  ///   - quota: What the process may still spend on retries.
  /// - Returns: What to do next.
  mutating func next(
    _ outcome: Outcome, now: Instant, jitter: Double, quota: inout RetryQuota
  ) -> Action {
    switch outcome {
    case .success:
      quota.giveBack(taken > 0 ? taken : 1)
      return .finish
    case .refused(let error, let retryAfter):
      // A clock that is off looks like a bad secret. The skew is kept even when this call cannot
      // be sent again: the next one, with the next code, profits.
      if let ahead = Self.skew(of: error, now: now), !hasCorrectedClock, ahead != skew {
        hasCorrectedClock = true
        skew = ahead
        guard isRepeatable else { return .finish }
        tries += 1
        return .retry(after: .zero, skew: skew)
      }
      guard isRepeatable, Self.isTransient(error), spend(isTimeout: false, &quota) else {
        return .finish
      }
      return .retry(after: Self.wait(tries - 1, jitter, retryAfter), skew: skew)
    case .failed(let failure):
      guard failure.reason == .notSent || (failure.reason == .maybeSent && isRepeatable),
        spend(isTimeout: failure.isTimeout, &quota)
      else { return .finish }
      return .retry(after: Self.wait(tries - 1, jitter, nil), skew: skew)
    }
  }

  private mutating func spend(isTimeout: Bool, _ quota: inout RetryQuota) -> Bool {
    let price = isTimeout ? 10 : 5
    guard tries < maximumTries, quota.take(price) else { return false }
    tries += 1
    taken = price
    return true
  }

  /// The wait before retry `number` (from 1): a share of 1, 2, 4, … 20 seconds, and what the
  /// server asks for as long as that is at most five seconds more.
  private static func wait(_ number: Int, _ jitter: Double, _ retryAfter: Duration?) -> Duration {
    let limit = min(Double(1 << min(number - 1, 5)), 20)
    let own = Duration.milliseconds(Int(limit * jitter * 1000))
    guard let retryAfter else { return own }
    return min(max(retryAfter, own), own + .seconds(5))
  }

  /// Seconds the server's clock is ahead, when that explains the error: more than four minutes.
  static func skew(of error: ServiceError, now: Instant) -> Int64? {
    guard let date = error.date, clockCodes.contains(error.code) || error.saysClock else {
      return nil
    }
    let ahead = now.seconds(until: date)
    return abs(ahead) > 240 ? ahead : nil
  }

  /// Whether the same request may well succeed later.
  static func isTransient(_ error: ServiceError) -> Bool {
    [429, 500, 502, 503, 504].contains(error.status) || transientCodes.contains(error.code)
      || throttlingCodes.contains(error.code)
  }

  private static let clockCodes: Set<String> = [
    "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException",
    "SignatureDoesNotMatch", "AuthFailure",
  ]

  private static let transientCodes: Set<String> = [
    "RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete",
    "IDPCommunicationError", "InternalError", "InternalFailure", "InternalServerException",
    "ServiceUnavailable", "ConcurrentModification", "EntityTemporarilyUnmodifiable",
  ]

  private static let throttlingCodes: Set<String> = [
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException",
    "TooManyRequestsException", "ProvisionedThroughputExceededException",
    "TransactionInProgressException", "RequestLimitExceeded", "BandwidthLimitExceeded",
    "LimitExceededException", "RequestThrottled", "SlowDown", "SlowDownException",
    "EC2ThrottledException",
  ]
}

extension ServiceError {
  /// Whether the sentence blames the clocks, whatever the code.
  var saysClock: Bool {
    let text = message.lowercased()
    return text.contains("signature expired") || text.contains("signature not yet current")
  }
}

/// What a process may spend on retries, so that many calls do not pile onto a service in trouble.
struct RetryQuota: Equatable {
  private static let capacity = 500
  private(set) var available = Self.capacity

  /// Takes `amount` if there is as much.
  mutating func take(_ amount: Int) -> Bool {
    guard available >= amount else { return false }
    available -= amount
    return true
  }

  /// Gives `amount` back.
  mutating func giveBack(_ amount: Int) {
    available = min(Self.capacity, available + amount)
  }
}
