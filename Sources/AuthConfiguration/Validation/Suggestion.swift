/// Finds what a person probably meant to write.
enum Suggestion {
  /// ``did you mean `x`?`` with the nearest of `candidates`, or `nil` if none is near.
  static func didYouMean(_ word: String, among candidates: some Sequence<String>) -> String? {
    nearest(to: word, among: candidates, limit: 1).first.map { "did you mean `\($0)`?" }
  }

  /// The candidates within a third of the word's length, nearest first, then by name.
  static func nearest(
    to word: String, among candidates: some Sequence<String>, limit: Int
  ) -> [String] {
    let target = Array(word.lowercased().utf8)
    guard !target.isEmpty, target.count <= 256 else { return [] }
    let reach = max(1, min(3, (target.count + 1) / 3))
    var found: [(distance: Int, name: String)] = []
    for candidate in candidates {
      let other = Array(candidate.lowercased().utf8)
      guard other != target || candidate != word else { continue }
      if abs(other.count - target.count) <= reach,
        let distance = distance(target, other, limit: reach)
      {
        found.append((distance, candidate))
      } else if target.count >= 3, other.starts(with: target) {
        found.append((reach + 1, candidate))
      }
    }
    found.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
    return found.prefix(limit).map(\.name)
  }

  /// The edits (insert, delete, replace, swap two neighbours) from one word to the other; `nil`
  /// when it is more than `limit`.
  static func distance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int? {
    var beforePrevious = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    for (row, a) in left.enumerated() {
      var current = [row + 1]
      current.reserveCapacity(right.count + 1)
      for (column, b) in right.enumerated() {
        var best = min(previous[column + 1] + 1, current[column] + 1)
        best = min(best, previous[column] + (a == b ? 0 : 1))
        if row > 0, column > 0, a == right[column - 1], left[row - 1] == b {
          best = min(best, beforePrevious[column - 1] + 1)
        }
        current.append(best)
      }
      guard (current.min() ?? 0) <= limit else { return nil }
      beforePrevious = previous
      previous = current
    }
    return previous[right.count] <= limit ? previous[right.count] : nil
  }
}
