internal import CLibrary
internal import Dispatch
internal import Synchronization

/// A call that blocks for as long as somebody else likes, made on a thread of its own with a
/// deadline.
///
/// One that does not end when it is told to is left behind: what waits for it goes on without it,
/// and so does the process.
public enum BlockingCall {
  /// How long a call that was told to end may take to do so.
  private static let grace = Duration.milliseconds(200)

  /// Makes the call `body`, and tells it to end with `cancel` when it takes longer than `limit`.
  ///
  /// - Returns: What `body` returned, or `nil` if it did not in time.
  public static func run<Value: Sendable>(
    limit: Duration, cancel: @escaping @Sendable () -> Void,
    _ body: @escaping @Sendable () -> Value
  ) async -> Value? {
    await withCheckedContinuation { continuation in
      let waiting = Waiting(continuation)
      let isStarted = Thread { waiting.end(with: body()) }.start()
      guard isStarted else { return waiting.end(with: nil) }
      let clock = DispatchQueue.global()
      clock.asyncAfter(deadline: .now() + limit.dispatchInterval) {
        guard waiting.isWaiting else { return }
        cancel()
        clock.asyncAfter(deadline: .now() + grace.dispatchInterval) { waiting.end(with: nil) }
      }
    }
  }

  /// Somebody who waits, and is answered once.
  private final class Waiting<Value: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Value?, Never>?>

    init(_ continuation: CheckedContinuation<Value?, Never>) {
      self.continuation = Mutex(continuation)
    }

    var isWaiting: Bool { continuation.withLock { $0 != nil } }

    func end(with value: Value?) {
      continuation.withLock { $0.take() }?.resume(returning: value)
    }
  }

  /// A thread that nobody waits for.
  ///
  /// Dispatch has threads, too, but few: those that never come back would be missing elsewhere.
  private final class Thread {
    private let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    /// Starts it; `false` if the system has no more threads.
    func start() -> Bool {
      let box = Unmanaged.passRetained(self)
      #if canImport(Darwin)
      var thread: pthread_t?
      let status = pthread_create(&thread, nil, { BlockingCall.Thread.run($0) }, box.toOpaque())
      if status == 0, let thread { pthread_detach(thread) }
      #else
      var thread = pthread_t()
      let status = pthread_create(&thread, nil, { BlockingCall.Thread.run($0) }, box.toOpaque())
      if status == 0 { pthread_detach(thread) }
      #endif
      if status != 0 { box.release() }
      return status == 0
    }

    private static func run(_ box: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
      if let box { Unmanaged<Thread>.fromOpaque(box).takeRetainedValue().body() }
      return nil
    }
  }
}

extension Duration {
  /// The same for Dispatch, to the millisecond.
  var dispatchInterval: DispatchTimeInterval {
    let (seconds, attoseconds) = components
    return .milliseconds(Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
  }
}
