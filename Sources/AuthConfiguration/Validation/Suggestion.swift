internal import Core
internal import Model
internal import Synchronization

/// Finds what a person probably meant to write.
enum Suggestion {
  /// How many comparisons are made for all the suggestions of one check.
  ///
  /// A file may have tens of thousands of unknown words, and nobody reads that many suggestions.
  final class Allowance: Sendable {
    private let comparisons = Atomic(50_000)

    /// Whether any are left.
    var isLeft: Bool { comparisons.load(ordering: .relaxed) > 0 }

    /// Takes `count` comparisons; `false` if there are not so many left.
    func take(_ count: Int) -> Bool {
      comparisons.subtract(count, ordering: .relaxed).newValue >= 0
    }
  }

  /// The same, as long as the allowance lasts.
  static func didYouMean(
    _ word: String, among candidates: @autoclosure () -> some Collection<String>,
    within allowance: Allowance
  ) -> String? {
    guard allowance.isLeft else { return nil }
    let candidates = candidates()
    return allowance.take(candidates.count) ? didYouMean(word, among: candidates) : nil
  }

  /// ``did you mean `x`?`` with the nearest of `candidates`, or `nil` if none is near.
  static func didYouMean(_ word: String, among candidates: some Sequence<String>) -> String? {
    nearest(to: word, among: candidates, limit: 1).first.map { "did you mean `\($0)`?" }
  }

  /// The candidates near to a word, nearest first; if there are none, those that begin with it.
  static func nearest(
    to word: String, among candidates: some Sequence<String>, limit: Int
  ) -> [String] {
    let near = NearName.all(near: word, in: candidates, limit: limit)
    guard near.isEmpty, word.utf8.count >= 3 else { return near }
    let start = word.lowercased()
    return Array(candidates.filter { $0.lowercased().hasPrefix(start) }.sorted().prefix(limit))
  }
}
