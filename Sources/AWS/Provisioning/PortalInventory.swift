import Core
import Model
import Synchronization

/// Lists everything a token opens, as fast as the portal lets it.
struct PortalInventory {
  /// An account and the permission sets in it.
  struct Entry: Sendable, Equatable {
    var account: SSOPortalClient.Account
    var roles: [String]
  }

  /// The portal.
  let portal: SSOPortalClient
  /// The provider's name, for the progress.
  let provider: String
  /// Everything outside the process.
  let effects: Effects
  /// Seconds since any moment, finer than the world's clock.
  let uptime: @Sendable () -> Double

  /// Requests under way at once: enough for 150 in a second where each takes 150 ms to be answered.
  static let parallel = 24
  /// Tries of one request that failed for another reason than the pace.
  private static let tries = 4

  /// Creates an inventory.
  init(
    portal: SSOPortalClient, provider: String, effects: Effects,
    uptime: @escaping @Sendable () -> Double = PortalInventory.systemUptime
  ) {
    self.portal = portal
    self.provider = provider
    self.effects = effects
    self.uptime = uptime
  }

  /// The system's own clock.
  static let systemUptime: @Sendable () -> Double = {
    let start = ContinuousClock.now
    return {
      let passed = (ContinuousClock.now - start).components
      return Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
    }
  }()

  /// All accounts with their permission sets, in the portal's order.
  func entries() async throws(CallFailure) -> [Entry] {
    let pace = Pace(uptime, provider: provider)
    effects.progress("looking up the accounts of \(provider)")
    defer { effects.progress(nil) }
    let accounts = try await accounts(pace)
    let queue = Queue(accounts.map(\.accountId))
    let outcome = await withTaskGroup(
      of: CallFailure?.self, returning: Result<[Entry], CallFailure>.self
    ) { group in
      for _ in 0..<Self.parallel { group.addTask { await self.work(on: queue, pace) } }
      for await failure in group {
        guard let failure else { continue }
        group.cancelAll()
        return .failure(failure)
      }
      return queue.outcome(accounts)
    }
    return try outcome.get()
  }

  /// Takes accounts from the queue until it is empty.
  private func work(on queue: Queue, _ pace: Pace) async -> CallFailure? {
    while !Task.isCancelled, let (wait, item) = queue.next(at: pace.now) {
      guard var item else {
        do { try await effects.sleep(.seconds(wait)) } catch { return .cancelled }
        continue
      }
      do throws(CallFailure) {
        try await pace.turn(effects)
        let page = try await portal.roles(in: item.account, after: item.next, tries: 1)
        pace.wasAnswered()
        item.roles += page.items
        let isLast = page.next == nil || page.next == item.next
        item.next = page.next
        if isLast { report(queue.finish(item), of: queue.count) } else { queue.put(item, at: 0) }
      } catch {
        switch Self.reaction(to: error) {
        case .later where pace.isHopeless: return error
        case .later(let retryAfter):
          queue.put(item, at: pace.now + pace.wasRefused(retryAfter: retryAfter, effects))
        case .again where item.failures + 1 < Self.tries:
          item.failures += 1
          queue.put(item, at: pace.now + 0.25 * Double(1 << item.failures))
        case .skip: queue.skip(item, error)
        case .again, .giveUp: return error
        }
      }
    }
    return Task.isCancelled ? .cancelled : nil
  }

  private func report(_ done: Int, of count: Int) {
    guard done.isMultiple(of: 10) || done == count else { return }
    effects.progress("\(provider): \(done) of \(count) accounts")
  }

  /// All accounts, one page after the other.
  private func accounts(_ pace: Pace) async throws(CallFailure) -> [SSOPortalClient.Account] {
    try await SSOPortalClient.all { (next) async throws(CallFailure) in
      var failures = 0
      while true {
        try await pace.turn(effects)
        do throws(CallFailure) {
          let page = try await portal.accounts(after: next, tries: 1)
          pace.wasAnswered()
          return page
        } catch {
          let wait: Double
          switch Self.reaction(to: error) {
          case .later where pace.isHopeless: throw error
          case .later(let retryAfter): wait = pace.wasRefused(retryAfter: retryAfter, effects)
          case .again where failures + 1 < Self.tries:
            failures += 1
            wait = 0.25 * Double(1 << failures)
          case .again, .skip, .giveUp: throw error
          }
          do { try await effects.sleep(.seconds(wait)) } catch { throw .cancelled }
        }
      }
    }
  }

  private enum Reaction {
    /// It came too fast; the service asks to wait so many seconds.
    case later(retryAfter: Double?)
    /// It failed by accident.
    case again
    /// The account was closed, or taken away, meanwhile.
    case skip
    /// It will not get better.
    case giveUp
  }

  private static func reaction(to failure: CallFailure) -> Reaction {
    switch failure {
    case .refused(let refusal):
      if refusal.status == 429 || refusal.code == "TooManyRequestsException" {
        return .later(retryAfter: refusal.retryAfter.map(seconds))
      }
      if StandardRetry.isTransient(refusal) { return .again }
      return [403, 404].contains(refusal.status) ? .skip : .giveUp
    case .unreachable(let failure): return failure.reason == .misconfigured ? .giveUp : .again
    case .unreadable, .cancelled: return .giveUp
    }
  }

  private static func seconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }

  /// The pace that all requests keep together.
  private final class Pace: Sendable {
    private struct State {
      var pacer = RequestPacer(callers: PortalInventory.parallel)
      /// When the portal last answered, or was first asked.
      var answeredAt: Double
      var hasSaidSo = false
    }

    private let state: Mutex<State>
    private let uptime: @Sendable () -> Double
    private let provider: String

    /// Seconds without an answer after which a person is told that the portal throttles.
    private static let patience = 5.0
    /// Seconds without an answer after which the lookup gives up.
    private static let limit = 300.0

    init(_ uptime: @escaping @Sendable () -> Double, provider: String) {
      self.uptime = uptime
      self.provider = provider
      state = Mutex(State(answeredAt: uptime()))
    }

    var now: Double { uptime() }

    /// Waits until a request may go out.
    func turn(_ effects: Effects) async throws(CallFailure) {
      while true {
        let wait = state.withLock { $0.pacer.wait(at: now) }
        if wait <= 0 { return }
        do { try await effects.sleep(.seconds(wait)) } catch { throw .cancelled }
      }
    }

    func wasAnswered() {
      state.withLock { state in
        state.pacer.wasAnswered(at: now)
        state.answeredAt = now
      }
    }

    /// Whether so much time has passed without an answer that there will be none.
    var isHopeless: Bool { state.withLock { now - $0.answeredAt >= Self.limit } }

    func wasRefused(retryAfter: Double?, _ effects: Effects) -> Double {
      let (wait, remark) = state.withLock { state -> (Double, String?) in
        let wait = state.pacer.wasRefused(at: now, retryAfter: retryAfter)
        guard !state.hasSaidSo, now - state.answeredAt >= Self.patience else { return (wait, nil) }
        state.hasSaidSo = true
        return (
          wait,
          "the access portal of \(provider) is throttling: \(state.pacer.answered) requests "
            + "answered, \(state.pacer.refused) refused; still trying"
        )
      }
      if let remark {
        effects.progress(nil)
        effects.notice(DisplayText.sanitized(remark))
      }
      return wait
    }
  }
}

/// An account whose permission sets are being read.
private struct Item: Sendable {
  var account: String
  var roles: [String] = []
  var next: String?
  var failures = 0
}

/// What is left to do, some of it not before a time.
private final class Queue: Sendable {
  private struct State {
    var ready: [Item]
    var delayed: [(time: Double, item: Item)] = []
    var underWay = 0
    var roles: [String: [String]] = [:]
    var skipped: CallFailure?
    var done = 0
  }

  /// How many accounts there are.
  let count: Int
  private let state: Mutex<State>

  init(_ accounts: [String]) {
    count = accounts.count
    state = Mutex(State(ready: accounts.reversed().map { Item(account: $0) }))
  }

  /// The next item, or how long to wait for one; `nil` when all is done.
  func next(at now: Double) -> (wait: Double, item: Item?)? {
    state.withLock { state in
      if let index = state.delayed.firstIndex(where: { $0.time <= now }) {
        state.underWay += 1
        return (0, state.delayed.remove(at: index).item)
      }
      if let item = state.ready.popLast() {
        state.underWay += 1
        return (0, item)
      }
      if let first = state.delayed.map(\.time).min() { return (max(first - now, 0.001), nil) }
      // What is under way elsewhere may come back.
      return state.underWay > 0 ? (0.02, nil) : nil
    }
  }

  /// Puts an item back for a later time; 0 is as soon as possible.
  func put(_ item: Item, at time: Double) {
    state.withLock { state in
      state.underWay -= 1
      if time > 0 { state.delayed.append((time, item)) } else { state.ready.append(item) }
    }
  }

  /// Keeps an item's result; returns how many are done.
  func finish(_ item: Item) -> Int {
    state.withLock { state in
      state.underWay -= 1
      state.roles[item.account] = item.roles
      state.done += 1
      return state.done
    }
  }

  /// Leaves an item out.
  func skip(_ item: Item, _ failure: CallFailure) {
    state.withLock { state in
      state.underWay -= 1
      state.done += 1
      state.skipped = failure
    }
  }

  /// The result; a failure if every account was left out, since then it is not about accounts.
  func outcome(
    _ accounts: [SSOPortalClient.Account]
  ) -> Result<[PortalInventory.Entry], CallFailure> {
    state.withLock { state in
      if state.roles.isEmpty, let failure = state.skipped { return .failure(failure) }
      return .success(
        accounts.compactMap { account in
          state.roles[account.accountId].map {
            PortalInventory.Entry(account: account, roles: $0)
          }
        })
    }
  }
}
