/// Finds the pace at which a service answers, as a state machine: what happened when goes in, how
/// long to wait comes out; no clock.
///
/// Portals of large organizations refuse most of what is sent at full speed. It begins without a
/// limit. What the service did between two refusals is its pace, which is then raised quickly until
/// it is refused again, and slowly afterwards. What could not be sent during a pause may be sent at
/// once after it, since services that count by the second, or fill a bucket, allow that; where one
/// does not, the allowance shrinks.
///
/// Times are seconds since any moment.
struct RequestPacer {
  /// Requests a second; `nil` until something was refused twice.
  private(set) var rate: Double?
  private var credit = 0.0
  private var creditLimit = Double.infinity
  private var creditedAt = 0.0
  private var pausedUntil = -1.0
  private var pauseFactor = 1.0
  private var lastRefusal: Double
  private var answersSinceRefusal = 0
  private var hasFoundLimit = false

  /// Pause where the service does not say how long.
  private static let pause = 0.25

  /// Begins at a time.
  init(at now: Double) {
    lastRefusal = now
  }

  /// How long to wait before asking again whether to send; 0 is to send now.
  mutating func wait(at now: Double) -> Double {
    if now < pausedUntil { return pausedUntil - now }
    guard let rate else { return 0 }
    let passed = max(0, now - creditedAt)
    creditedAt = now
    let raised = min(rate * (1 + (hasFoundLimit ? 0.005 * passed : min(passed, 1))), 10_000)
    self.rate = raised
    credit = min(credit + passed * raised, max(1, min(raised, creditLimit)))
    guard credit >= 1 else { return (1 - credit) / raised }
    credit -= 1
    return 0
  }

  /// A request was answered.
  mutating func wasAnswered() {
    answersSinceRefusal += 1
  }

  /// A request was refused for coming too fast.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - retryAfter: Seconds the service asks to wait.
  mutating func wasRefused(at now: Double, retryAfter: Double?) {
    // Others that were under way when the pause began say nothing new.
    guard now >= pausedUntil else { return }
    let isSoonAfterPause = pausedUntil >= 0 && now - pausedUntil < 0.2
    if isSoonAfterPause, answersSinceRefusal < 3 {
      // The pause was too short; about the pace it says nothing.
      pauseFactor = min(pauseFactor * 2, 8)
      pausedUntil = now + Self.limited(retryAfter ?? Self.pause * pauseFactor)
      return
    }
    let passed = max(now - lastRefusal, 0.001)
    let done = Double(answersSinceRefusal) / passed
    if let rate {
      self.rate = max(done, rate * 0.9, 0.1)
      if isSoonAfterPause {
        creditLimit = max(1, min(creditLimit, Double(answersSinceRefusal)) * 0.4)
      } else {
        hasFoundLimit = true
      }
    } else if pausedUntil >= 0 || passed > 2 {
      rate = max(done, 0.1)
    }
    pauseFactor = 1
    pausedUntil = now + Self.limited(retryAfter ?? Self.pause)
    // What the service regains during the pause is there after it.
    creditedAt = now
    credit = 0
    lastRefusal = now
    answersSinceRefusal = 0
  }

  private static func limited(_ pause: Double) -> Double { min(max(pause, 0.05), 60) }
}
