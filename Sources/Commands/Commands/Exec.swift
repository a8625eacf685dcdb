import Application
import ArgumentParser
import Core

/// `atmos-auth exec`: runs a program as an identity.
struct Exec: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "exec",
    abstract: "Run a program with credentials that renew themselves.",
    discussion: """
      The program replaces atmos-auth, so signals, terminal, job control and exit status are its
      own; its SDK asks `atmos-auth credential-process` again whenever a session is about to end.

        $ atmos-auth exec -i prod -- terraform apply
        $ atmos-auth exec --min-validity 45m -- ./deploy.sh
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var delivery: DeliveryOptions
  @OptionGroup var code: CodeFlags

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The program and its arguments, after `--`.", valueName: "command"),
    completion: .names(of: .program))
  var command: [String] = []

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let context = try code.added(to: context)
    return try await ExecRequest(
      command: command, isStatic: delivery.isStatic,
      minimumValidity: try delivery.minimumValidity()
    ).run(context)
  }
}

/// How credentials reach a program.
struct DeliveryOptions: ParsableArguments {
  @Flag(
    name: .customLong("static"),
    help:
      "Also hand over the keys themselves, for programs that know nothing else. They do not renew.")
  var isStatic = false

  @Option(
    help: ArgumentHelp(
      "Refuse to start with less time left than this (such as 45m), renewing first if that helps.",
      valueName: "duration"))
  var minValidity: String?

  func minimumValidity() throws(AuthError) -> Int64? {
    guard let minValidity else { return nil }
    return try ExecRequest.seconds(minValidity)
  }
}
