import Application
import ArgumentParser
import Core

/// The words that the REPL has of its own, or that do something else in it than outside.
struct ReplWords: ParsableCommand {
  // The parser puts this in front of words in what it tells; nobody types it.
  private static let root = "@repl@"

  static let configuration = CommandConfiguration(
    commandName: root, abstract: "The words of the REPL.",
    subcommands: [
      Use.self, MFA.self, Assume.self, ShowChain.self, Pop.self, Save.self, Exec.self, Time.self,
      Keep.self, Exit.self, Quit.self,
    ], helpNames: [.long, .short])

  /// What can be typed.
  static var names: [String] {
    configuration.subcommands.map { $0.configuration.commandName ?? $0._commandName }
  }

  /// Whether a line is for these; `mfa status` and its like are commands of `atmos-auth`.
  static func hold(_ line: [String]) -> Bool {
    guard let word = line.first, names.contains(word) else { return false }
    return word != "mfa"
      || !MFA.outside.contains { $0.configuration.commandName == line.dropFirst().first }
  }

  /// What the parser tells, as it is typed here.
  static func shown(_ message: String) -> String { message.replacing("\(root) ", with: "") }
}

// MARK: - Who

extension ReplWords {
  struct Use: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "use", abstract: "Act as an identity; `use -`, `use none`, `use --auto`.",
      discussion: """
        Without a name, choose from a list. The shell that started the REPL stays as it was; `keep`
        takes the identity along.

          use dev
          use -             # the one before
          use none
          use --auto        # as the directory and the defaults say
          use --tags prod   # from those with a tag
        """)

    @Argument(
      help: ArgumentHelp("An identity, `-` or `none`.", valueName: "identity"),
      completion: .names(of: .identity))
    var name: String?

    @Flag(help: "Let the directory and the defaults decide again.")
    var auto = false

    @Option(
      help: ArgumentHelp("Choose among what has one of these tags.", valueName: "a,b"),
      completion: .list(of: .identityTag))
    var tags: String?

    func run(_ repl: Repl) async throws(AuthError) -> Int32 {
      if [name != nil, auto, tags != nil].count(where: { $0 }) > 1 {
        throw AuthError(.usage, "a name, `--auto` and `--tags` are two choices")
      }
      if auto {
        repl.state.choose(.unstated)
      } else if let tags {
        try await repl.use(tagged: ConfigurationFlags.list([tags]))
      } else if name == "-" {
        try repl.state.goBack()
      } else if let name, IdentityName.meansNobody(name) {
        repl.state.choose(.nobody)
      } else {
        try await repl.use(name)
      }
      return 0
    }
  }

  struct MFA: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "mfa",
      abstract: "Give the second factor again; `mfa --age` shows how old it is.",
      discussion: """
        The link that asks for a code gets a new session, and so do the links after it.

          mfa
          mfa --age    # only tell

        With `status`, `add`, `remove`, `register` or `unregister` it does as outside.
        """)

    /// What `atmos-auth mfa` does.
    static var outside: [any ParsableCommand.Type] { Commands.MFA.configuration.subcommands }

    @Flag(help: "Only tell how old it is.")
    var age = false

    func run(_ repl: Repl) async throws(AuthError) -> Int32 {
      try await repl.renewSecondFactor(onlyTells: age)
    }
  }

  struct Time: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "time", abstract: "Tell how long the session lasts.")

    func run(_ repl: Repl) async throws(AuthError) -> Int32 { try await repl.tellTime() }
  }
}

// MARK: - Roles

extension ReplWords {
  struct Assume: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "assume", abstract: "Assume a role on top of the identity.",
      discussion: """
        Its session is in this REPL only. `chain` shows what stands on what, `pop` goes back, and
        `save NAME` makes it an identity.

          assume arn:aws:iam::123456789012:role/Deploy
          assume arn:aws:iam::123456789012:role/Audit --external-id ab-12 --duration 30m
        """)

    @Argument(
      help: ArgumentHelp("The role's ARN.", valueName: "role-arn"),
      completion: .names(of: .role))
    var role: String

    @Option(help: ArgumentHelp("What the role's trust policy asks for.", valueName: "id"))
    var externalID: String?

    @Option(help: ArgumentHelp("How long the session lasts, 15m to 12h.", valueName: "duration"))
    var duration: String?

    @Option(help: ArgumentHelp("The region to work in.", valueName: "name"))
    var region: String?

    @Option(help: ArgumentHelp("The session's name in logs.", valueName: "name"))
    var sessionName: String?

    @Option(help: ArgumentHelp("The device whose code the role asks for.", valueName: "arn"))
    var mfaARN: String?

    func run(_ repl: Repl) async throws(AuthError) -> Int32 {
      if let duration { _ = try ExecRequest.seconds(duration) }
      return try await repl.assume(
        AdHocRole(
          [
            ("assume_role", role), ("external_id", externalID), ("duration", duration),
            ("region", region), ("session_name", sessionName), ("mfa_arn", mfaARN),
          ]))
    }
  }

  struct ShowChain: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "chain", abstract: "Show the links, and how long each lasts.")

    func run(_ repl: Repl) async throws(AuthError) -> Int32 { try await repl.showChain() }
  }

  struct Pop: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "pop", abstract: "Go back by one assumed role.")

    func run(_ repl: Repl) async throws(AuthError) -> Int32 {
      guard let role = repl.state.roles.popLast() else {
        throw AuthError(.usage, "no role was assumed").hint(
          "`use -` goes back to the identity before")
      }
      repl.context.say("Left \(role.name)")
      return 0
    }
  }

  struct Save: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "save", abstract: "Write the assumed role as an identity.",
      discussion: """
        It goes into a file of its own below `.atmos.d`, beside atmos.yaml. Nothing that is there is
        changed.

          save deploy
        """)

    @Argument(help: ArgumentHelp("The identity's name.", valueName: "name"))
    var name: String

    func run(_ repl: Repl) async throws(AuthError) -> Int32 { try await repl.save(as: name) }
  }
}

// MARK: - Programs, and the end

extension ReplWords {
  struct Exec: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "exec",
      abstract: "Run a program as the identity; `!LINE` runs a line of your shell.",
      discussion: """
        `!` does the same with a line for your shell.

          exec terraform plan
          !aws s3 ls | head
        """)

    @OptionGroup var delivery: DeliveryOptions

    @Argument(
      parsing: .captureForPassthrough,
      help: ArgumentHelp("The program and its arguments.", valueName: "command"),
      completion: .names(of: .program))
    var command: [String]

    func run(_ repl: Repl) async throws(AuthError) -> Int32 {
      try await repl.runProgram(
        command.first == "--" ? Array(command.dropFirst()) : command,
        isStatic: delivery.isStatic, minimumValidity: try delivery.minimumValidity())
    }
  }

  struct Keep: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "keep", abstract: "Leave, and let the calling shell act as the identity.",
      discussion: "Needs the hook, as `atmos-auth use` does.")

    @Argument(
      help: ArgumentHelp("The identity, if not the one in use.", valueName: "identity"),
      completion: .names(of: .identity))
    var name: String?

    func run(_ repl: Repl) async throws(AuthError) -> Int32 {
      if let name { try await repl.use(name) }
      return try await repl.keep()
    }
  }

  struct Exit: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "exit", abstract: "Leave; also quit, Ctrl-D.")

    func run(_ repl: Repl) async throws(AuthError) -> Int32 {
      repl.state.isOver = true
      return 0
    }
  }

  struct Quit: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "quit", abstract: "The same as exit.")

    func run(_ repl: Repl) async throws(AuthError) -> Int32 { try await Exit().run(repl) }
  }
}
