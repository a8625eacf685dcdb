public import Core
internal import Dispatch
internal import Synchronization

/// A file lock that can be waited for from async code, held for as long as the value lives.
public final class HeldLock: Sendable {
  private let lock: FileLock

  private init(_ lock: consuming FileLock) {
    self.lock = lock
  }

  /// The lock, if nobody has it.
  public static func attempt(_ path: String) throws(AuthError) -> HeldLock? {
    guard let lock = try FileLock.attempt(path) else { return nil }
    return HeldLock(lock)
  }

  /// The lock, once the others have let go of it; `nil` if the task was cancelled before.
  ///
  /// A thread sleeps in the kernel meanwhile, which costs no time and wakes at once: two hundred
  /// processes that asked every few milliseconds would be a load themselves. When the task is
  /// cancelled that thread stays behind, and lets go of the lock as soon as it gets it.
  public static func wait(_ path: String) async -> Result<HeldLock, AuthError>? {
    let ticket = Ticket()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard ticket.begin(continuation) else { return }
        // A queue of its own is a thread of its own; the shared ones are for short work.
        DispatchQueue(label: "atmos-auth.lock").async {
          do throws(AuthError) {
            ticket.finish(.success(HeldLock(try FileLock.acquire(path))))
          } catch {
            ticket.finish(.failure(error))
          }
        }
      }
    } onCancel: {
      ticket.finish(nil)
    }
  }

  /// The lock, waiting for it `within` so long, or for ever; `nil` when the time is over.
  ///
  /// - Throws: ``AuthError`` with code `system` if the file cannot be made or locked, or the task is
  ///   cancelled.
  public static func acquire(_ path: String, within limit: Duration?) async throws(AuthError)
    -> HeldLock?
  {
    if let lock = try attempt(path) { return lock }
    let outcome = await withTaskGroup(of: Result<HeldLock, AuthError>?.self) { group in
      group.addTask { await wait(path) }
      if let limit {
        group.addTask {
          try? await Task.sleep(for: limit)
          return nil
        }
      }
      defer { group.cancelAll() }
      return await group.next() ?? nil
    }
    if Task.isCancelled { throw AuthError(.system, "cancelled while waiting for \(path)") }
    return try outcome?.get()
  }
}

/// One wait: answered exactly once, by the lock or by cancellation, whichever comes first.
private final class Ticket: Sendable {
  typealias Answer = Result<HeldLock, AuthError>?

  private enum State {
    case new
    case waiting(CheckedContinuation<Answer, Never>)
    case answered
  }

  private let state = Mutex(State.new)

  /// Whether the wait began; if not, it was cancelled before and is answered.
  func begin(_ continuation: CheckedContinuation<Answer, Never>) -> Bool {
    let isNew = state.withLock { state in
      guard case .new = state else { return false }
      state = .waiting(continuation)
      return true
    }
    if !isNew { continuation.resume(returning: nil) }
    return isNew
  }

  func finish(_ answer: Answer) {
    let continuation: CheckedContinuation<Answer, Never>? = state.withLock { state in
      defer { state = .answered }
      if case .waiting(let continuation) = state { return continuation }
      return nil
    }
    continuation?.resume(returning: answer)
  }
}
