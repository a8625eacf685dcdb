/// Finds the pace at which a service answers, as a state machine: what happened when goes in, how
/// long to wait comes out; no clock.
///
/// It begins slowly and raises its pace until the service refuses: a service that is fast costs a few
/// seconds, and one that is slow refuses little. A refusal shows that the service has nothing left to
/// give, so what it answers between two refusals is what it allows, however much it had saved up
/// before. The pace stays a little below that, and is raised slowly at first and then faster.
///
/// A request that was refused waits as long as the service asks, and the others go on: its "one
/// second" is often the smallest number that the header can say. When nothing is answered any more,
/// all of them pause.
///
/// The numbers were found by trying them on simulated services of 5 to 500 requests a second.
///
/// Times are seconds since any moment.
struct RequestPacer {
  /// Requests a second.
  private(set) var rate = Self.firstRate
  /// How many requests were answered.
  private(set) var answered = 0
  /// How many requests were refused for coming too fast.
  private(set) var refused = 0

  /// Requests that may be sent now; at most one and an eightieth of a second's worth.
  private var credit = 1.0
  private var creditedAt = 0.0
  private var pausedUntil = -1.0
  private var heldUntil = -1.0
  private var pauses = 0
  private var refusalsInARow = 0
  /// What the service allows, as far as is known; `nil` until it refused.
  private var ceiling: Double?
  /// When the pace was last lowered.
  private var loweredAt = -1.0
  /// Since when answers are counted: the service had nothing left to give then.
  private var emptySince: Double?
  private var answeredSince = 0
  /// When answers came lately, until the first refusal.
  private var recent: [Double] = []

  /// Requests a second at the start.
  private static let firstRate = 8.5
  /// Shares by which the pace rises in a second, until the service refuses and below what it allows.
  private static let (search, recovery) = (1.5, 0.57)
  /// How long the recent answers go back.
  private static let recently = 0.135
  /// Refusals within so many seconds are one piece of news.
  private static let moment = 0.18
  /// Seconds that nothing is sent while it is not known what the service allows, so that what is
  /// under way comes back before more is refused.
  private static let hold = 0.07
  /// The least seconds whose answers say what the service allows.
  private static let measured = 0.87
  /// Seconds that a refused request waits where the service does not say how long.
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
    let passed = min(max(0, now - max(creditedAt, earliest)), 1)
    creditedAt = now
    rate = min(rate * (1 + growth(at: now) * passed), 10_000)
    credit = min(credit + passed * rate, 1 + rate / 80)
    guard credit >= 1 else { return max((1 - credit) / rate, 0.001) }
    credit -= 1
    return 0
  }

  /// The share by which the pace rises in a second.
  private func growth(at now: Double) -> Double {
    // As long as nothing is answered there is nothing to raise.
    guard let ceiling else { return answered > 0 ? Self.search : 0 }
    if rate < ceiling { return Self.recovery }
    let quiet = now - loweredAt
    return 0.0014 + 0.001 * quiet * quiet
  }

  /// A request was answered.
  mutating func wasAnswered(at now: Double) {
    refusalsInARow = 0
    pauses = 0
    answered += 1
    answeredSince += 1
    if ceiling == nil { recent = recent.filter { $0 >= now - Self.recently } + [now] }
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
    } else if now >= heldUntil, now - loweredAt >= Self.moment {
      lower(at: now)
      loweredAt = now
    }
    return wait
  }

  private mutating func lower(at now: Double) {
    credit = min(credit, 0)
    if let since = emptySince, now - since >= Self.measured {
      let allowed = Double(answeredSince) / (now - since)
      (emptySince, answeredSince) = (now, 0)
      rate = max(min(rate, allowed) * 0.944, rate * 0.83, 0.5)
      ceiling = max(allowed, rate)
      return
    }
    // A moment is too short to tell what is allowed, but it is less than this.
    if ceiling == nil {
      rate = min(rate, max(Double(recent.count) / Self.recently, 1))
      recent = []
    }
    ceiling = rate
    rate = max(rate * 0.6, 0.5)
    heldUntil = now + Self.hold
    if emptySince == nil { (emptySince, answeredSince) = (now, 0) }
  }
}
