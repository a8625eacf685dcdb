import Application
import ArgumentParser
import Core

/// `atmos-auth shell`: starts a shell as an identity.
struct Shell: IdentityCommand {
  static let configuration = CommandConfiguration(
    commandName: "shell",
    abstract: "Start a shell that acts as an identity.",
    discussion: """
      For shells without the hook. With the hook, `atmos-auth use NAME` changes the identity of \
      the shell you are in.

        $ atmos-auth shell dev
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var who: IdentityArgument
  @OptionGroup var delivery: DeliveryOptions
  @OptionGroup var code: CodeFlags

  @Option(
    help: ArgumentHelp("Shell to start; default: ATMOS_SHELL, SHELL.", valueName: "path"),
    completion: .file())
  var shell: String?

  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("Arguments for the shell, after `--`."))
  var arguments: [String] = []

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let context = try code.added(to: context)
    let environment = context.surroundings.environment
    let chosen =
      [shell, environment["ATMOS_SHELL"], environment["SHELL"]]
      .compactMap { $0 }.first { !$0.isEmpty } ?? "bash"
    return try await ShellSession(
      program: chosen, arguments: arguments, isStatic: delivery.isStatic,
      minimumValidity: try delivery.minimumValidity()
    ).run(context)
  }
}
