/// Finds the pace at which a service answers, as a state machine: what happened when goes in, how
/// long to wait comes out; no clock.
///
/// Portals of large organizations refuse most of what is sent at full speed. It begins without a
/// limit. Once the service refuses, what it answers in a second is what it allows, since it has more
/// than enough to do; that becomes the pace, and is raised by a hundredth every second. A request
/// that was refused waits as long as the service asks, and the others go on: its "one second" is often
/// the smallest number that the header can say. Only when nothing is answered any more all of them
/// pause.
///
/// Times are seconds since any moment.
struct RequestPacer {
  /// Requests a second; `nil` until something was refused.
  private(set) var rate: Double?
  private var credit = 0.0
  private var creditedAt = 0.0
  private var pausedUntil = -1.0
  private var pauses = 0
  /// When the service began to answer; `nil` until it did.
  private var startedAt: Double?
  private var answers: [Double] = []
  private var refusalsInARow = 0
  private var loweredAt = -1.0

  /// Wait of a request where the service does not say how long.
  private static let standardWait = 0.5
  /// Requests that may go out at once.
  private static let burst = 2.0

  /// Refusals in a row that mean that nothing is answered any more: more than one burst of all
  /// callers can have.
  private let mostRefusals: Int

  /// Begins.
  ///
  /// - Parameter callers: Requests that may be under way at once.
  init(callers: Int) {
    mostRefusals = callers + 3
  }

  /// How long to wait before asking again whether to send; 0 is to send now.
  mutating func wait(at now: Double) -> Double {
    if now < pausedUntil { return pausedUntil - now }
    guard let rate else { return 0 }
    let passed = max(0, now - max(creditedAt, pausedUntil))
    creditedAt = now
    let raised = min(rate * (1 + 0.01 * passed), 10_000)
    self.rate = raised
    credit = min(credit + passed * raised, Self.burst)
    guard credit >= 1 else { return max((1 - credit) / raised, 0.001) }
    credit -= 1
    return 0
  }

  /// A request was answered.
  mutating func wasAnswered(at now: Double) {
    refusalsInARow = 0
    pauses = 0
    if startedAt == nil { startedAt = now }
    answers.append(now)
  }

  /// A request was refused for coming too fast.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - retryAfter: Seconds the service asks to wait.
  /// - Returns: How long this request has to wait before it is sent again.
  mutating func wasRefused(at now: Double, retryAfter: Double?) -> Double {
    let wait = min(max(retryAfter ?? Self.standardWait, 0.05), 60)
    refusalsInARow += 1
    guard now >= pausedUntil else { return wait }
    if refusalsInARow >= mostRefusals {
      refusalsInARow = 0
      pausedUntil = now + min(wait * Double(1 << min(pauses, 5)), 60)
      pauses += 1
      startedAt = nil
      answers = []
    } else if now - loweredAt >= 0.1 {
      // Refusals of one moment are one piece of news.
      loweredAt = now
      let measured = answersASecond(at: now) * 0.97
      rate = max(rate.map { min($0, max(measured, $0 * 0.7)) } ?? measured, 0.5)
      credit = min(credit, 0)
    }
    return wait
  }

  private mutating func answersASecond(at now: Double) -> Double {
    answers.removeAll { $0 < now - 1 }
    return Double(answers.count) / max(0.05, min(1, now - (startedAt ?? now)))
  }
}
