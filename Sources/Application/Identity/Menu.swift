import Core
import Model
import Terminal

/// A numbered list that a person chooses from, by number, name or part of a name.
struct Menu {
  var title: String
  var choices: [String]
  package var terminal: any Interaction
  package var stream: Stream

  /// Rows shown at once; more are reached by typing a part of the name.
  private static let shown = 20

  /// The index of the choice.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` when nothing was chosen.
  package func choose() async throws(AuthError) -> Int {
    var visible = Array(choices.indices)
    stream.write(DisplayText.sanitized(title) + "\n")
    while true {
      show(visible)
      let answer = try await terminal.ask("Number or part of a name: ", hidden: false)
        .revealed().trimmed
      guard !answer.isEmpty else { throw AuthError(.declined, "nobody was chosen") }
      if let number = Int(answer), visible.indices.contains(number - 1) {
        return visible[number - 1]
      }
      if let exact = choices.firstIndex(where: { $0.lowercased() == answer.lowercased() }) {
        return exact
      }
      let matching = choices.indices.filter {
        choices[$0].lowercased().contains(answer.lowercased())
      }
      if matching.count == 1 { return matching[0] }
      if matching.isEmpty {
        stream.write("nothing matches `\(DisplayText.sanitized(answer))`\n")
      } else {
        visible = matching
      }
    }
  }

  private func show(_ visible: [Int]) {
    for (number, index) in visible.prefix(Self.shown).enumerated() {
      stream.write("  \(number + 1)) \(DisplayText.sanitized(choices[index]))\n")
    }
    if visible.count > Self.shown {
      stream.write("  … and \(visible.count - Self.shown) more\n")
    }
  }
}
