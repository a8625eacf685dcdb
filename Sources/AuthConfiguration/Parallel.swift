internal import Dispatch
internal import Synchronization

/// Work on thousands of definitions, on all cores.
enum Parallel {
  /// Fewer are done before another core has been woken for them.
  private static let least = 500
  /// Small enough that no core waits long for another one's last part.
  private static let partSize = 100

  /// Lets go of a value on another core.
  ///
  /// Taking tens of thousands of nodes apart one by one lasts a tenth of the time it takes to make an
  /// index of them; most commands end before that is done.
  static func release<Value: Sendable>(_ value: consuming Value) {
    let last = Mutex<Value?>(consume value)
    DispatchQueue.global().async { last.withLock { $0 = nil } }
  }

  /// What `body` makes of `0..<count`, in order; it is called with a part of that at a time, from
  /// several threads.
  static func map<Element: Sendable>(
    _ count: Int, _ body: @Sendable (Range<Int>) -> [Element]
  ) -> [Element] {
    guard count >= least else { return body(0..<count) }
    let parts = count / partSize
    let results = Mutex<[[Element]]>(Array(repeating: [], count: parts))
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let elements = body(count * part / parts..<count * (part + 1) / parts)
      results.withLock { $0[part] = elements }
    }
    return results.withLock { Array($0.joined()) }
  }
}
