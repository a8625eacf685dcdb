internal import Core
internal import Model

/// Finds what a person probably meant to write.
enum Suggestion {
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
