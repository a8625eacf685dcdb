/// What a person who typed a name that does not exist may have meant.
public enum NearName {
  /// The name of `names` that is nearest to `typed`, without case; `nil` when none is near.
  ///
  /// Near means at most a third of the letters differ (inserted, left out, replaced or swapped
  /// with the next), two at most in short names.
  public static func nearest(to typed: String, in names: some Sequence<String>) -> String? {
    all(near: typed, in: names, limit: 1).first
  }

  /// The names near to `typed` of which none is nearer than another, `limit` at most.
  public static func all(
    near typed: String, in names: some Sequence<String>, limit: Int
  ) -> [String] {
    let typed = Array(typed.lowercased().unicodeScalars)
    guard !typed.isEmpty, typed.count <= 128 else { return [] }
    let most = max(2, typed.count / 3)
    var found: [(distance: Int, name: String)] = []
    for name in names {
      let other = Array(name.lowercased().unicodeScalars)
      guard abs(other.count - typed.count) <= most else { continue }
      let distance = distance(typed, other)
      if distance <= most, distance < max(typed.count, other.count) {
        found.append((distance, name))
      }
    }
    let nearest = found.map(\.distance).min()
    return found.filter { $0.distance == nearest }.map(\.name).sorted().prefix(limit)
      .map { $0 }
  }

  // Optimal string alignment: Levenshtein's distance with swaps of neighbours.
  private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var beforeLast = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1] + [Int](repeating: 0, count: b.count)
      for j in b.indices {
        row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
          row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
        }
      }
      (beforeLast, last) = (last, row)
    }
    return last[b.count]
  }
}
