import Application
import ArgumentParser
import Core

/// `atmos-auth credential-process`: credentials for an AWS SDK, as JSON.
struct CredentialProcess: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "credential-process",
    abstract: "Print credentials for an AWS SDK's credential_process setting.",
    usage: "atmos-auth credential-process [<options>]",
    discussion: """
      Standard output is exactly the JSON that the AWS SDKs document under "Process credential \
      provider", and nothing else.

        [profile dev]
        credential_process = atmos-auth credential-process --identity dev
      """)

  @OptionGroup var global: GlobalOptions

  @Option(help: .hidden)
  var bound: String?

  @Option(help: .hidden)
  var narrowed: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    var request = CredentialProcessRequest(bound: bound)
    request.narrowed = narrowed
    return try await request.run(context)
  }
}
