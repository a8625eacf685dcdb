import Synchronization

/// Lines a person was shown.
public final class Notices: Sendable {
  private let list = Mutex<[String]>([])

  /// No lines yet.
  public init() {}

  /// The lines so far.
  public var lines: [String] { list.withLock { $0 } }

  /// Takes one more.
  public func add(_ line: String) { list.withLock { $0.append(line) } }
}
