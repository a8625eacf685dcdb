import Application
import ArgumentParser
import Core

/// `atmos-auth exec`: runs a program as an identity.
struct Exec: IdentityCommand {
  static let configuration = CommandConfiguration(
    commandName: "exec",
    abstract: "Run a program with credentials that renew themselves.",
    discussion: """
      The program replaces atmos-auth, so it has the signals, terminal, job control and exit \
      status to itself. Its SDK runs `atmos-auth credential-process` whenever a session is about \
      to end.

        $ atmos-auth exec prod -- terraform apply
        $ atmos-auth exec --min-validity 45m -- ./deploy.sh
        $ atmos-auth exec --stack plat-dev-use1 -- terraform plan
        $ atmos-auth exec --read-only prod -- ./agent.py   # it may look, and no more
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var who: IdentityArgument
  @OptionGroup var delivery: DeliveryOptions
  @OptionGroup var stack: StackOption
  @OptionGroup var narrowing: NarrowingFlags
  @OptionGroup var code: CodeFlags

  @Flag(
    help: "Where no identity applies, run the program on its own, as wrapper functions do.")
  var wrapper = false

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("Program and its arguments, after `--`.", valueName: "command"),
    completion: .names(of: .program))
  var command: [String] = []

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let context = try stack.added(to: try code.added(to: context))
    var request = ExecRequest(
      command: command, isStatic: delivery.isStatic,
      minimumValidity: try delivery.minimumValidity(), isWrapper: wrapper)
    request.narrowing = narrowing.options
    return try await request.run(context)
  }
}

/// What a program is given less than the identity has.
struct NarrowingFlags: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Let the session do only what this policy permits: a file in JSON, or an ARN; may be repeated.",
      valueName: "file|arn"), completion: .file())
  var policy: [String] = []

  @Flag(help: "Let the session only read: AWS' policy ReadOnlyAccess.")
  var readOnly = false

  @Option(
    help: ArgumentHelp(
      "Longest duration of a session, 15m to 12h; sessions are renewed.", valueName: "duration"))
  var sessionDuration: String?

  var options: NarrowingOptions {
    var options = NarrowingOptions()
    (options.policies, options.isReadOnly) = (policy, readOnly)
    options.duration = sessionDuration
    return options
  }
}

/// How credentials reach a program.
struct DeliveryOptions: ParsableArguments {
  @Flag(
    name: .customLong("static"),
    help: "Also pass the keys themselves, for programs that need them; they are not renewed.")
  var isStatic = false

  @Option(
    help: ArgumentHelp(
      "Time the session must have left, such as 45m; it is renewed first if needed.",
      valueName: "duration"))
  var minValidity: String?

  func minimumValidity() throws(AuthError) -> Int64? {
    guard let minValidity else { return nil }
    return try ExecRequest.seconds(minValidity)
  }
}
