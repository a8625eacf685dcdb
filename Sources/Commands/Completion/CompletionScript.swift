import Application
import Core
import ShellSnippets
import Terminal

/// What `completion` does, apart from the command line.
struct CompletionScript {
  var shell: String

  func run(_ context: CommandContext) throws(AuthError) -> Int32 {
    guard let kind = ShellKind(rawValue: shell),
      let text = CompletionSnippet.text(for: kind, executable: context.surroundings.executable)
    else {
      throw AuthError(.usage, "no completion for shell: \(shell)", hints: ["use bash, zsh or fish"])
    }
    try context.emit(text)
    return 0
  }
}
