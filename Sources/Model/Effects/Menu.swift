public import Core

/// A numbered list that a person chooses from, by number, name or part of a name.
public struct Menu {
  private let title: String
  private let choices: [String]
  private let terminal: any Interaction
  private let show: (_ line: String) -> Void

  /// Rows shown at once; more are reached by typing a part of the name.
  private static let shown = 20

  /// Creates a menu.
  ///
  /// - Parameters:
  ///   - title: What is to be chosen.
  ///   - choices: What there is to choose from.
  ///   - terminal: Who chooses.
  ///   - show: Shows them one line, its end left out.
  public init(
    title: String, choices: [String], terminal: any Interaction,
    show: @escaping (_ line: String) -> Void
  ) {
    self.title = title
    self.choices = choices
    self.terminal = terminal
    self.show = show
  }

  /// The index of the choice.
  ///
  /// - Throws: ``AuthError`` with code `declined` when nothing was chosen, or as
  ///   ``Interaction/ask(_:hidden:)``.
  public func choose() async throws(AuthError) -> Int {
    var visible = Array(choices.indices)
    show(DisplayText.sanitized(title))
    while true {
      list(visible)
      let answer = try await terminal.ask("Number or part of a name: ", hidden: false)
        .revealed().trimmed
      guard !answer.isEmpty else { throw AuthError(.declined, "nothing was chosen") }
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
        show("nothing matches `\(DisplayText.sanitized(answer))`")
      } else {
        visible = matching
      }
    }
  }

  private func list(_ visible: [Int]) {
    for (number, index) in visible.prefix(Self.shown).enumerated() {
      show("  \(number + 1)) \(DisplayText.sanitized(choices[index]))")
    }
    if visible.count > Self.shown {
      show("  … and \(visible.count - Self.shown) more")
    }
  }
}
