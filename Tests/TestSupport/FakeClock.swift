public import Core
import Synchronization

/// A clock that goes when it is told to.
public final class FakeClock: Sendable {
  /// The seconds at which it stands at first.
  public static let start: Int64 = 1_795_233_600
  private let seconds = Mutex(FakeClock.start)

  /// A clock at ``start``.
  public init() {}

  /// What it shows.
  public var now: Instant { Instant(secondsSince1970: seconds.withLock { $0 }) }

  /// Lets seconds pass.
  public func advance(_ by: Int64) { seconds.withLock { $0 += by } }
}
