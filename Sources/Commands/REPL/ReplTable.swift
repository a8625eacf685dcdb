import Application

/// What can be typed in the REPL, for help and completion; a test compares it with the parser.
enum ReplTable {
  /// A word with how it is written.
  struct Word: Sendable {
    var usage: String
    var command: CompletionTable.Command
  }

  /// The words that `help` tells first, in the order in which a person meets them.
  static let words =
    [
      shared("login", "login [NAME]"),
      own(
        "use", "use NAME", "act as an identity; `use -`, `use none`, `use --auto`",
        [
          .init(["--auto"], "as the directory says"),
          .init(["--tags"], value: CompletionTable.identityTags, "choose among what has a tag"),
        ], .identity),
      own(
        "mfa", "mfa", "give the second factor again; `mfa --age` shows how old it is",
        [.init(["--age"], "only tell")],
        subcommands: devices),
      own(
        "assume", "assume ROLE_ARN", "assume a role on top of the identity",
        [
          .init(["--external-id"], value: .text, "what the role's trust policy asks for"),
          .init(["--duration"], value: .text, "how long the session lasts"),
          .init(["--region"], value: .text, "the region to work in"),
          .init(["--session-name"], value: .text, "the session's name in logs"),
          .init(["--mfa-arn"], value: .text, "the device whose code the role asks for"),
        ], .role),
      own("chain", "chain", "show the links and how long each lasts"),
      own("pop", "pop", "go back by one assumed role"),
      own("save", "save NAME", "write the assumed role as an identity", [], .text),
      shared("whoami", "whoami"), shared("list", "list"), shared("env", "env"),
      own(
        "exec", "exec COMMAND", "run a program as the identity; `!LINE` runs a line of your shell",
        [
          .init(["--static"], "hand over the keys themselves"),
          .init(["--min-validity"], value: .text, "time the session must have left"),
        ], .program),
      shared("console", "console"), shared("logout", "logout [NAME]"),
      own("time", "time", "tell how long the session lasts"), shared("why", "why [NAME]"),
      own("keep", "keep", "leave, and let the calling shell act as the identity", [], .identity),
      own("exit", "exit", "leave; also quit, Ctrl-D"),
    ]

  /// Commands of `atmos-auth` that work here as outside.
  static let borrowed = CompletionTable.commands.filter { !foreign.contains($0.name) }

  /// Everything that can be typed.
  static let all =
    words.map(\.command) + [quit]
    + borrowed.filter { command in
      !words.contains { $0.command.name == command.name }
    }

  // What `mfa` is outside.
  private static let devices =
    CompletionTable.commands.first { $0.name == "mfa" }?.subcommands ?? []

  private static let quit = CompletionTable.Command(
    name: "quit", summary: "leave", options: [help], isGlobal: false)

  // What these do concerns the shell outside, or is another thing here.
  private static let foreign = [
    "use", "exec", "shell", "hook", "completion", "credential-process", "repl",
  ]

  private static let help = CompletionTable.Option(["--help", "-h"], "show help")

  private static func own(
    _ name: String, _ usage: String, _ summary: String, _ options: [CompletionTable.Option] = [],
    _ argument: CompletionTable.Value? = nil, subcommands: [CompletionTable.Command] = []
  ) -> Word {
    Word(
      usage: usage,
      command: CompletionTable.Command(
        name: name, summary: summary, options: options + [help], argument: argument,
        subcommands: subcommands, isGlobal: false))
  }

  private static func shared(_ name: String, _ usage: String) -> Word {
    let command = CompletionTable.commands.first { $0.name == name }
    return Word(usage: usage, command: command ?? .init(name: name, summary: ""))
  }
}
