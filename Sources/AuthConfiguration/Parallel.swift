internal import Dispatch
internal import Synchronization

/// Work on thousands of definitions, on all cores.
enum Parallel {
  /// Fewer are done before another core has been woken for them.
  private static let partSize = 250

  /// What `body` makes of `0..<count`, in order; it is called with a part of that at a time, from
  /// several threads.
  static func map<Element: Sendable>(
    _ count: Int, _ body: @Sendable (Range<Int>) -> [Element]
  ) -> [Element] {
    let parts = count / partSize
    guard parts > 1 else { return body(0..<count) }
    let results = Mutex<[[Element]]>(Array(repeating: [], count: parts))
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let elements = body(count * part / parts..<count * (part + 1) / parts)
      results.withLock { $0[part] = elements }
    }
    return results.withLock { Array($0.joined()) }
  }
}
