import Core
import Model
import Testing

@testable import AWS

@Suite struct StandardRetryTests {
  private func refused(
    _ code: String, status: Int = 400, message: String = "", date: String? = nil,
    retryAfter: Duration? = nil
  ) -> StandardRetry.Outcome {
    let headers = date.map { [(name: "Date", value: $0)] } ?? []
    return .refused(
      ServiceError(.refuses(code, message, status: status, headers: headers)),
      retryAfter: retryAfter)
  }

  private func failed(_ reason: TransportFailure.Reason, isTimeout: Bool = false)
    -> StandardRetry.Outcome
  {
    .failed(TransportFailure(reason, "x", isTimeout: isTimeout))
  }

  @Test func `three tries in all, each wait longer`() {
    var retry = StandardRetry(maximumTries: 3, isRepeatable: true)
    var quota = RetryQuota()
    let outcome = refused("Throttling")
    #expect(
      retry.next(outcome, now: .noon, jitter: 0.5, quota: &quota)
        == .retry(after: .milliseconds(500), skew: 0))
    #expect(
      retry.next(outcome, now: .noon, jitter: 0.5, quota: &quota)
        == .retry(after: .milliseconds(1000), skew: 0))
    #expect(retry.next(outcome, now: .noon, jitter: 0.5, quota: &quota) == .finish)
    #expect(quota.available == 490)
  }

  @Test func `waits grow to twenty seconds and no further`() {
    var retry = StandardRetry(maximumTries: 8, isRepeatable: true)
    var quota = RetryQuota()
    let waits = (0..<7).map { _ in
      retry.next(refused("SlowDown", status: 503), now: .noon, jitter: 1, quota: &quota)
    }
    #expect(
      waits == [1, 2, 4, 8, 16, 20, 20].map { .retry(after: .seconds($0), skew: 0) })
  }

  @Test func `a server's wish is honoured up to five seconds more`() {
    var retry = StandardRetry(maximumTries: 9, isRepeatable: true)
    var quota = RetryQuota()
    func wait(_ wish: Duration, jitter: Double) -> StandardRetry.Action {
      var copy = retry
      return copy.next(
        refused("Throttling", retryAfter: wish), now: .noon, jitter: jitter, quota: &quota)
    }
    #expect(wait(.seconds(3), jitter: 0.5) == .retry(after: .seconds(3), skew: 0))
    #expect(wait(.seconds(60), jitter: 0.5) == .retry(after: .milliseconds(5500), skew: 0))
    #expect(wait(.zero, jitter: 0.5) == .retry(after: .milliseconds(500), skew: 0))
    retry = StandardRetry(maximumTries: 1, isRepeatable: true)
    #expect(wait(.seconds(3), jitter: 0.5) == .finish)
  }

  @Test(arguments: ["AccessDenied", "ValidationError", "ExpiredToken", "InvalidClientTokenId"])
  func `a plain no is final`(code: String) {
    var retry = StandardRetry(maximumTries: 3, isRepeatable: true)
    var quota = RetryQuota()
    #expect(retry.next(refused(code), now: .noon, jitter: 0.5, quota: &quota) == .finish)
    #expect(quota.available == 500)
  }

  @Test(arguments: [500, 502, 503, 504, 429])
  func `a status that passes is tried again whatever the body`(status: Int) {
    var retry = StandardRetry(maximumTries: 2, isRepeatable: true)
    var quota = RetryQuota()
    let outcome = StandardRetry.Outcome.refused(
      ServiceError(HTTPResponse(status: status, body: Array("<html>".utf8))), retryAfter: nil)
    #expect(
      retry.next(outcome, now: .noon, jitter: 0, quota: &quota) == .retry(after: .zero, skew: 0))
  }

  @Test(arguments: [
    (TransportFailure.Reason.notSent, true, true), (.maybeSent, true, true),
    (.notSent, false, true), (.maybeSent, false, false),
    (.misconfigured, true, false), (.cancelled, true, false),
  ])
  func `trap 18: a request with a code is sent again only if nobody saw it`(
    reason: TransportFailure.Reason, isRepeatable: Bool, isRetried: Bool
  ) {
    var retry = StandardRetry(maximumTries: 3, isRepeatable: isRepeatable)
    var quota = RetryQuota()
    let action = retry.next(failed(reason), now: .noon, jitter: 0, quota: &quota)
    #expect(action == (isRetried ? .retry(after: .zero, skew: 0) : .finish))
  }

  @Test(arguments: [("Throttling", 400), ("InternalError", 500), ("HTTP 503", 503)])
  func `a server that saw a code is not asked again`(code: String, status: Int) {
    var retry = StandardRetry(maximumTries: 3, isRepeatable: false)
    var quota = RetryQuota()
    #expect(
      retry.next(refused(code, status: status), now: .noon, jitter: 0, quota: &quota) == .finish)
  }

  @Test func `timeouts cost more, and an empty purse ends all retries`() {
    var quota = RetryQuota()
    for _ in 0..<50 {
      var retry = StandardRetry(maximumTries: 2, isRepeatable: true)
      _ = retry.next(
        failed(.maybeSent, isTimeout: true), now: .noon, jitter: 0, quota: &quota)
    }
    #expect(quota.available == 0)
    var retry = StandardRetry(maximumTries: 2, isRepeatable: true)
    #expect(retry.next(failed(.notSent), now: .noon, jitter: 0, quota: &quota) == .finish)
    #expect(retry.next(.success, now: .noon, jitter: 0, quota: &quota) == .finish)
    #expect(quota.available == 1)
  }

  @Test func `a retry that succeeds gives back what it took`() {
    var quota = RetryQuota()
    var retry = StandardRetry(maximumTries: 3, isRepeatable: true)
    _ = retry.next(refused("Throttling"), now: .noon, jitter: 0, quota: &quota)
    #expect(quota.available == 495)
    _ = retry.next(.success, now: .noon, jitter: 0, quota: &quota)
    #expect(quota.available == 500)
  }

  @Test(arguments: [
    ("SignatureDoesNotMatch", "Signature expired: 20250115T120000Z is now earlier than …"),
    ("RequestTimeTooSkewed", ""), ("AccessDenied", "Signature not yet current: …"),
  ])
  func `trap 17: a clock that is off is corrected once, from the answer's Date`(
    code: String, message: String
  ) {
    var retry = StandardRetry(maximumTries: 3, isRepeatable: true)
    var quota = RetryQuota()
    let outcome = refused(
      code, status: 403, message: message, date: "Wed, 15 Jan 2025 14:00:00 GMT")
    #expect(
      retry.next(outcome, now: .noon, jitter: 0.5, quota: &quota)
        == .retry(after: .zero, skew: 7200))
    #expect(retry.next(outcome, now: .noon, jitter: 0.5, quota: &quota) == .finish)
    #expect(quota.available == 500)
  }

  @Test func `a clock that is nearly right is not to blame`() {
    var retry = StandardRetry(maximumTries: 3, isRepeatable: true)
    var quota = RetryQuota()
    let outcome = refused(
      "SignatureDoesNotMatch", status: 403, date: "Wed, 15 Jan 2025 12:03:00 GMT")
    #expect(retry.next(outcome, now: .noon, jitter: 0.5, quota: &quota) == .finish)
  }

  @Test func `a code is not sent again for a clock, but the clock is remembered`() {
    var retry = StandardRetry(maximumTries: 3, isRepeatable: false)
    var quota = RetryQuota()
    let outcome = refused(
      "SignatureDoesNotMatch", status: 403, date: "Wed, 15 Jan 2025 11:00:00 GMT")
    #expect(retry.next(outcome, now: .noon, jitter: 0.5, quota: &quota) == .finish)
    #expect(retry.skew == -3600)
  }
}
