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
  /// The world.
  let effects: Effects
  /// Seconds since any moment, finer than the world's clock.
  let uptime: @Sendable () -> Double

  /// Requests under way at once.
  private static let parallel = 5
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
    let pace = Pace(uptime)
    effects.progress("looking up the accounts of \(provider)")
    defer { effects.progress(nil) }
    let accounts = try await SSOPortalClient.all { (next) async throws(CallFailure) in
      try await paced(pace) { () async throws(CallFailure) in
        try await portal.accounts(after: next, tries: 1)
      }
    }
    let outcome = await withTaskGroup(
      of: (Int, Result<[String]?, CallFailure>).self, returning: Result<[Entry], CallFailure>.self
    ) { group in
      var next = 0
      func addOne() {
        guard next < accounts.count else { return }
        let index = next
        let id = accounts[index].accountId
        next += 1
        group.addTask { (index, await self.roles(in: id, pace)) }
      }
      for _ in 0..<Self.parallel { addOne() }
      var roles = [[String]?](repeating: nil, count: accounts.count)
      var done = 0
      for await (index, result) in group {
        switch result {
        case .success(let names): roles[index] = names
        case .failure(let failure):
          group.cancelAll()
          return .failure(failure)
        }
        done += 1
        if done.isMultiple(of: 10) || done == accounts.count {
          effects.progress("\(provider): \(done) of \(accounts.count) accounts")
        }
        addOne()
      }
      return .success(
        zip(accounts, roles).compactMap { account, roles in
          roles.map { Entry(account: account, roles: $0) }
        })
    }
    return try outcome.get()
  }

  /// The permission sets in an account; `nil` for one that was closed meanwhile.
  private func roles(in account: String, _ pace: Pace) async -> Result<[String]?, CallFailure> {
    do throws(CallFailure) {
      return .success(
        try await SSOPortalClient.all { (next) async throws(CallFailure) in
          try await paced(pace) { () async throws(CallFailure) in
            try await portal.roles(in: account, after: next, tries: 1)
          }
        })
    } catch {
      if case .refused(let refusal) = error, [403, 404].contains(refusal.status) {
        return .success(nil)
      }
      return .failure(error)
    }
  }

  private func paced<Answer>(
    _ pace: Pace, _ send: () async throws(CallFailure) -> Answer
  ) async throws(CallFailure) -> Answer {
    var failures = 0
    while true {
      while true {
        let wait = pace.state.withLock { $0.wait(at: pace.now) }
        if wait <= 0 { break }
        do { try await effects.sleep(.seconds(wait)) } catch { throw .cancelled }
      }
      do {
        let answer = try await send()
        pace.state.withLock { $0.wasAnswered() }
        return answer
      } catch {
        guard case .again(let isTooFast, let retryAfter) = Self.reaction(to: error) else {
          throw error
        }
        if isTooFast {
          pace.state.withLock { $0.wasRefused(at: pace.now, retryAfter: retryAfter) }
          continue
        }
        failures += 1
        guard failures < Self.tries else { throw error }
        do { try await effects.sleep(.milliseconds(250 << failures)) } catch { throw .cancelled }
      }
    }
  }

  private enum Reaction {
    case again(isTooFast: Bool, retryAfter: Double?)
    case giveUp
  }

  private static func reaction(to failure: CallFailure) -> Reaction {
    switch failure {
    case .refused(let refusal):
      let retryAfter = refusal.retryAfter.map { Double($0.components.seconds) }
      if refusal.status == 429 || refusal.code == "TooManyRequestsException" {
        return .again(isTooFast: true, retryAfter: retryAfter)
      }
      return StandardRetry.isTransient(refusal)
        ? .again(isTooFast: false, retryAfter: nil) : .giveUp
    case .unreachable(let failure):
      return failure.reason == .misconfigured
        ? .giveUp : .again(isTooFast: false, retryAfter: nil)
    case .unreadable, .cancelled: return .giveUp
    }
  }

  /// The pace that all requests keep together.
  private final class Pace: Sendable {
    let state: Mutex<RequestPacer>
    private let uptime: @Sendable () -> Double

    init(_ uptime: @escaping @Sendable () -> Double) {
      self.uptime = uptime
      state = Mutex(RequestPacer(at: uptime()))
    }

    var now: Double { uptime() }
  }
}
