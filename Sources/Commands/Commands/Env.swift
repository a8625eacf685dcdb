import Application
import ArgumentParser
import Core

/// `atmos-auth env`: the variables that make other programs act as an identity.
struct Env: IdentityCommand {
  static let configuration = CommandConfiguration(
    commandName: "env",
    abstract: "Print the variables that make other programs act as an identity.",
    usage: "atmos-auth env [<options>] [<identity>]",
    discussion: """
      The variables name a profile whose credentials renew themselves; `--static` prints keys. \
      The shells' formats also unset variables that would take precedence.

        $ eval "$(atmos-auth env dev --login)"
        $ atmos-auth env dev --format fish | source
        $ atmos-auth env ci --format github
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var who: IdentityArgument
  @OptionGroup var code: CodeFlags
  @OptionGroup var stack: StackOption

  @Option(
    name: [.long, .short],
    help: ArgumentHelp("Output format: \(EnvFormat.allNames); default: bash.", valueName: "format"),
    completion: .words(of: EnvFormat.self))
  var format: String?

  @Option(
    name: [.long, .short],
    help: ArgumentHelp("Append to this file instead of printing.", valueName: "path"),
    completion: .file())
  var outputFile: String?

  @Flag(help: "Log in first if there is no valid session.")
  var login = false

  @Flag(name: .customLong("static"), help: "Print the keys themselves; they are not renewed.")
  var isStatic = false

  var wantsJSON: Bool { format == "json" }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let context = try stack.added(to: try code.added(to: context))
    return try await EnvRequest(
      format: format, outputFile: outputFile, login: login, isStatic: isStatic
    ).run(context)
  }
}
