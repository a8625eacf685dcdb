internal import Core
internal import Locks
internal import Model

/// The right to refresh one link, which one process has at a time.
struct RefreshTurn {
  var paths: StatePaths
  var realm: String
  /// The name the link's session is stored under.
  var name: String
  /// The name for people.
  var shownName: String
  var effects: Effects

  /// How long to wait before saying so.
  private static let patience = Duration.seconds(2)
  /// How long a person may take to log in; the longest device codes last as long.
  private static let limitForPeople: Int64 = 900
  /// How long a program is kept waiting by a person elsewhere.
  private static let limitForPrograms: Int64 = 120

  /// Waits for the turn.
  ///
  /// - Returns: The lock, and whether a person gave up the login while it was waited for: then
  ///   those who waited do not ask one after the other.
  /// - Throws: ``AuthError``: `unavailable` when another process takes too long, `system` if there
  ///   can be no lock, or the task is cancelled.
  func lock() async throws(AuthError) -> (HeldLock, wasGivenUp: Bool) {
    let path = paths.lockPath(realm: realm, identity: name)
    if let lock = try HeldLock.attempt(path) { return (lock, false) }
    let before = FileSystem.stamp(markerPath)
    let lock = try await wait(path)
    return (lock, FileSystem.stamp(markerPath) != before)
  }

  /// Tells those who wait that a person gave up, or mistyped.
  func giveUp() {
    // Only a courtesy: without it each of them asks for itself.
    try? FileSystem.writeAtomically(markerPath, [UInt8]())
  }

  private var markerPath: String {
    String(paths.lockPath(realm: realm, identity: name).dropLast("lock".count)) + "gave-up"
  }

  private enum Event {
    case lock(Result<HeldLock, AuthError>?)
    case late
  }

  private var waitingLimit: Int64 {
    let limit = effects.showsPages ? Self.limitForPeople : Self.limitForPrograms
    guard let deadline = effects.deadline else { return limit }
    return max(0, min(limit, effects.now().seconds(until: deadline)))
  }

  private func wait(_ path: String) async throws(AuthError) -> HeldLock {
    let limit = waitingLimit
    let event = await withTaskGroup(of: Event.self) { group in
      group.addTask { .lock(await HeldLock.wait(path)) }
      group.addTask { await self.remind(path, limit) }
      defer { group.cancelAll() }
      return await group.next() ?? .late
    }
    if Task.isCancelled {
      throw AuthError(.system, "cancelled while waiting for the login to `\(shownName)`")
    }
    if case .lock(let result?) = event { return try result.get() }
    throw AuthError(
      .unavailable,
      "\(LockHolder.description(path)) has been logging in to `\(shownName)` for "
        + DurationText.text(limit),
      hints: ["finish or end that login, then try again"])
  }

  /// Says once whom is waited for, and returns when it took too long.
  private func remind(_ path: String, _ limit: Int64) async -> Event {
    do {
      let patience = min(Self.patience, .seconds(limit))
      try await effects.sleep(patience)
      effects.notice(
        "waiting for \(LockHolder.description(path)), which is logging in to `\(shownName)`")
      try await effects.sleep(.seconds(limit) - patience)
    } catch {
      // Cancelled: the lock was there first.
    }
    return .late
  }
}
