import Application
import ArgumentParser
import Core

/// `atmos-auth terragrunt-auth`: credentials for terragrunt, which runs this for each unit.
struct TerragruntAuth: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "terragrunt-auth",
    abstract: "Print credentials for terragrunt, as its --auth-provider-cmd.",
    usage: "atmos-auth terragrunt-auth [<options>]",
    discussion: """
      Standard output is terragrunt's JSON and nothing else. The identity is that of the unit's \
      directory, or else the one that terragrunt was started as; without one it prints `{}`. One that \
      asks for a code or a name is given if terragrunt was started as it, or by a wrapper for what \
      asks for nothing.

        $ export TG_AUTH_PROVIDER_CMD="atmos-auth terragrunt-auth"
        $ atmos-auth exec --wrapper -- terragrunt run --all plan
      """)

  @OptionGroup var global: GlobalOptions

  @Option(
    help: ArgumentHelp(
      "Time the session must have left, such as 45m; it is renewed first if needed.",
      valueName: "duration"))
  var minValidity: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    var request = TerragruntAuthRequest()
    if let minValidity { request.minimumValidity = try ExecRequest.seconds(minValidity) }
    return try await request.run(context)
  }
}
