/// Finds the pace at which a service answers, as a state machine: what happened when goes in, how
/// long to wait comes out; no clock.
///
/// It begins slowly and doubles its pace until the service refuses: a service that is fast costs a
/// few seconds, and one that is slow refuses little. From then on it knows when the service had
/// nothing left to give, and what was answered between two such moments is what the service allows,
/// however much it had saved up before. The pace stays a little below that and is raised slowly.
///
/// A request that was refused waits as long as the service asks, and the others go on: its "one
/// second" is often the smallest number that the header can say. When nothing is answered any more,
/// all of them pause.
///
/// Times are seconds since any moment.
struct RequestPacer {
  /// Requests a second.
  private(set) var rate = Self.firstRate
  /// How many requests were answered.
  private(set) var answered = 0
  /// How many requests were refused for coming too fast.
  private(set) var refused = 0

  private var credit = 1.0
  private var creditedAt = 0.0
  private var pausedUntil = -1.0
  private var heldUntil = -1.0
  private var pauses = 0
  private var refusalsInARow = 0
  /// What the service allows, as far as is known; `nil` until it refused.
  private var ceiling: Double?
  /// When the service last had nothing left to give; what was answered since is counted.
  private var emptySince: Double?
  private var answeredSince = 0
  private var loweredAt = -1.0
  private var startedAt: Double?

  /// Where the pace begins; no service is known that allows less.
  private static let firstRate = 5.0
  /// Seconds in which the pace doubles until the service refuses.
  private static let doubling = 0.4
  /// The least time, in seconds, in which answers say what the service allows.
  private static let measured = 0.5
  /// Seconds that nothing is sent while it is not known yet what the service allows, so that what is
  /// under way comes back before more is refused.
  private static let hold = 0.25
  /// Wait of a request where the service does not say how long.
  private static let standardWait = 0.5

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
    let earliest = max(pausedUntil, heldUntil)
    if now < earliest { return earliest - now }
    if startedAt == nil { (startedAt, creditedAt) = (now, now) }
    let passed = min(max(0, now - max(creditedAt, earliest)), 1)
    creditedAt = now
    raise(passed)
    credit = min(credit + passed * rate, 1 + rate * 0.02)
    guard credit >= 1 else { return max((1 - credit) / rate, 0.001) }
    credit -= 1
    return 0
  }

  private mutating func raise(_ passed: Double) {
    guard let ceiling else {
      // As long as nothing is answered there is nothing to double.
      if answered > 0 { rate = min(rate * pow2(passed / Self.doubling), 10_000) }
      return
    }
    let isBelow = rate < ceiling * 0.93
    rate = min(rate * (1 + (isBelow ? 1 : 0.01) * passed), 10_000)
  }

  // 2 to the power of x, for x in 0...2.5: near enough, and without a mathematical library.
  private func pow2(_ x: Double) -> Double {
    let y = x * 0.693147
    return 1 + y * (1 + y / 2 * (1 + y / 3 * (1 + y / 4)))
  }

  /// A request was answered.
  mutating func wasAnswered(at now: Double) {
    refusalsInARow = 0
    pauses = 0
    answered += 1
    answeredSince += 1
  }

  /// A request was refused for coming too fast.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - retryAfter: Seconds the service asks to wait.
  /// - Returns: How long this request has to wait before it is sent again.
  mutating func wasRefused(at now: Double, retryAfter: Double?) -> Double {
    let wait = min(max(retryAfter ?? Self.standardWait, 0.05), 60)
    refused += 1
    refusalsInARow += 1
    guard now >= pausedUntil else { return wait }
    if refusalsInARow >= mostRefusals {
      refusalsInARow = 0
      pausedUntil = now + min(wait * Double(1 << min(pauses, 5)), 60)
      pauses += 1
      emptySince = nil
    } else if now >= heldUntil, now - loweredAt >= 0.25 {
      // Refusals of one moment are one piece of news.
      loweredAt = now
      lower(at: now)
    }
    return wait
  }

  private mutating func lower(at now: Double) {
    credit = min(credit, 0)
    guard let since = emptySince else {
      (emptySince, answeredSince) = (now, 0)
      ceiling = rate
      rate = max(rate * 0.6, 0.5)
      heldUntil = now + Self.hold
      return
    }
    // A moment is too short to tell what is allowed, but it is less than this.
    guard now - since >= Self.measured, answeredSince >= 4 else {
      ceiling = rate
      rate = max(rate * 0.6, 0.5)
      heldUntil = now + Self.hold
      return
    }
    let allowed = Double(answeredSince) / (now - since)
    (emptySince, answeredSince) = (now, 0)
    ceiling = max(allowed, rate * 0.9)
    rate = max(min(rate * 0.97, allowed * 0.98), rate * 0.5, 0.5)
  }
}
