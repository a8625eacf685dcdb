/// What can be typed in the REPL, for help and completion.
enum ReplTable {
  /// A word with how it is written.
  struct Word: Sendable {
    var usage: String
    var command: CompletionTable.Command
  }

  /// The words that `help` lists first, in the order in which a person meets them.
  static let words = [
    "login [NAME]", "use NAME", "mfa", "assume ROLE_ARN", "chain", "pop", "save NAME", "whoami",
    "list", "env", "exec COMMAND", "console", "logout [NAME]", "time", "why [NAME]", "keep", "exit",
  ].compactMap(word)

  /// Commands of `atmos-auth` that work here as in the shell.
  static let borrowed = CompletionTable.commands.filter { !foreign.contains($0.name) }

  /// Everything that can be typed.
  static let all =
    own
    + borrowed.filter { command in
      !own.contains { $0.name == command.name }
    }

  // `mfa` has its own words and those that it has outside.
  private static let own = CompletionTable.replWords.map { word in
    var word = word
    word.subcommands = borrowed.first { $0.name == word.name }?.subcommands ?? []
    return word
  }

  // These concern the calling shell, or mean something else here.
  private static let foreign = [
    "use", "exec", "shell", "hook", "completion", "credential-process", "repl",
  ]

  private static func word(_ usage: String) -> Word? {
    let name = String(usage.prefix { $0 != " " })
    return all.first { $0.name == name }.map { Word(usage: usage, command: $0) }
  }
}
