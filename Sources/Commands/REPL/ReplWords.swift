import Application
import ArgumentParser
import Core

/// The REPL's own words, and those that do something else in it than in the shell.
struct ReplWords: ParsableCommand {
  // The parser puts this before the words in its messages; nobody types it.
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
  static func contains(_ line: [String]) -> Bool {
    guard let word = line.first, names.contains(word) else { return false }
    return word != "mfa"
      || !MFA.outside.contains { $0.configuration.commandName == line.dropFirst().first }
  }

  /// A message of the parser, with the words as they are typed here.
  static func shown(_ message: String) -> String { message.replacing("\(root) ", with: "") }
}

// MARK: - Who

extension ReplWords {
  struct Use: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "use", abstract: "Act as an identity; `use -`, `use none`, `use --auto`.",
      discussion: """
        Without a name, choose from a list. The shell that started the REPL keeps its identity; \
        `keep` passes yours on to it.

          use dev
          use -             # the previous one
          use none
          use --auto        # let the directory and the defaults decide
          use --tags prod   # choose among those with a tag
        """)

    @Argument(
      help: ArgumentHelp("Identity to act as, `-` or `none`.", valueName: "identity"),
      completion: .names(of: .identity))
    var name: String?

    @Flag(help: "Let the directory and the defaults decide again.")
    var auto = false

    @Option(
      help: ArgumentHelp("Choose among identities with any of these tags.", valueName: "a,b"),
      completion: .list(of: .identityTag))
    var tags: String?

    func run(_ repl: Repl) async throws(AuthError) -> Int32 {
      if [name != nil, auto, tags != nil].count(where: { $0 }) > 1 {
        throw AuthError(.usage, "give only one of NAME, `--auto` and `--tags`")
      }
      if auto {
        repl.state.choose(.unstated)
      } else if let tags {
        try await repl.use(tagged: ConfigurationFlags.list([tags]))
      } else if name == "-" {
        try repl.state.goBack()
      } else if let name, IdentityName.isOff(name) {
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
      abstract: "Give the second factor again; `mfa --age` shows its age.",
      discussion: """
        The link that needs a code gets a new session, and so do the links after it.

          mfa
          mfa --age    # only show its age

        `mfa status`, `add`, `remove`, `register` and `unregister` work as in the shell.
        """)

    /// What `atmos-auth mfa` does.
    static var outside: [any ParsableCommand.Type] { Commands.MFA.configuration.subcommands }

    @Flag(help: "Only show how old it is.")
    var age = false

    func run(_ repl: Repl) async throws(AuthError) -> Int32 {
      try await repl.renewSecondFactor(onlyShows: age)
    }
  }

  struct Time: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "time", abstract: "Show how long the session lasts.")

    func run(_ repl: Repl) async throws(AuthError) -> Int32 { try await repl.tellTime() }
  }
}

// MARK: - Roles

extension ReplWords {
  struct Assume: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "assume", abstract: "Assume a role on top of the identity.",
      usage: "assume [<options>] <role-arn>",
      discussion: """
        The session exists in this REPL only. `chain` shows the links, `pop` goes back by one \
        role, and `save NAME` writes the role as an identity.

          assume arn:aws:iam::123456789012:role/Deploy
          assume arn:aws:iam::123456789012:role/Audit --external-id ab-12 --duration 30m
        """)

    @Argument(
      help: ArgumentHelp("ARN of the role.", valueName: "role-arn"),
      completion: .names(of: .role))
    var role: String

    @Option(
      help: ArgumentHelp("External ID that the role's trust policy requires.", valueName: "id"))
    var externalID: String?

    @Option(help: ArgumentHelp("Length of the session, 15m to 12h.", valueName: "duration"))
    var duration: String?

    @Option(help: ArgumentHelp("Region to work in.", valueName: "name"))
    var region: String?

    @Option(help: ArgumentHelp("Name of the session in logs.", valueName: "name"))
    var sessionName: String?

    @Option(help: ArgumentHelp("MFA device whose code the role requires.", valueName: "arn"))
    var mfaARN: String?

    func run(_ repl: Repl) async throws(AuthError) -> Int32 {
      if let duration {
        _ = try ExecRequest.seconds(
          duration, in: AdHocRole.durations, of: "the session of a role")
      }
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
      commandName: "chain", abstract: "Show the links and how long each lasts.")

    func run(_ repl: Repl) async throws(AuthError) -> Int32 { try await repl.showChain() }
  }

  struct Pop: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "pop", abstract: "Go back by one assumed role.")

    func run(_ repl: Repl) async throws(AuthError) -> Int32 {
      guard let role = repl.state.roles.popLast() else {
        throw AuthError(
          .usage, "no role was assumed", hints: ["`use -` goes back to the previous identity"])
      }
      repl.context.say("Left \(role.name)")
      return 0
    }
  }

  struct Save: ReplCommand {
    static let configuration = CommandConfiguration(
      commandName: "save", abstract: "Write the assumed role as an identity.",
      discussion: """
        It is written to a new file in `.atmos.d`, beside atmos.yaml. Existing files are left \
        alone.

          save deploy
        """)

    @Argument(help: ArgumentHelp("Name of the identity.", valueName: "name"))
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
        `!` does the same with a line of your shell.

          exec terraform plan
          !aws s3 ls | head
        """)

    @OptionGroup var delivery: DeliveryOptions

    @Argument(
      parsing: .captureForPassthrough,
      help: ArgumentHelp("Program and its arguments.", valueName: "command"),
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
      discussion: "Needs the hook, like `atmos-auth use`.")

    @Argument(
      help: ArgumentHelp("Identity to keep; default: the one in use.", valueName: "identity"),
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
      commandName: "quit", abstract: "Leave; the same as `exit`.")

    func run(_ repl: Repl) async throws(AuthError) -> Int32 { try await Exit().run(repl) }
  }
}
