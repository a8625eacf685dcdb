import Synchronization

/// The port of a server, for the requests that arrive at it; 0 until it is bound, when there are
/// none.
final class BoundPort: Sendable {
  private let number = Atomic<Int>(0)

  var port: Int {
    get { number.load(ordering: .acquiring) }
    set { number.store(newValue, ordering: .releasing) }
  }
}
