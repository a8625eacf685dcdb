import Application
import ArgumentParser
import Core

/// `atmos-auth import`: identities from the configuration of other tools.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Create identities from the configuration of other tools.",
    subcommands: [ImportAWSConfig.self])
}

/// `atmos-auth import aws-config`: identities from AWS profiles.
struct ImportAWSConfig: PlainCommand {
  static let configuration = CommandConfiguration(
    commandName: "aws-config",
    abstract: "Create identities from AWS profiles.",
    usage: "atmos-auth import aws-config [<options>]",
    discussion: """
      Prints an `auth:` section that means the same as the profiles, and reports on standard \
      error what was imported, what was not, and why. Secret keys are never printed.

        $ atmos-auth import aws-config
        $ atmos-auth import aws-config --profile dev --output atmos.yaml
      """)

  @Option(
    help: ArgumentHelp(
      "AWS configuration file; default: AWS_CONFIG_FILE, ~/.aws/config.", valueName: "file"),
    completion: .file())
  var config: String?

  @Option(
    help: ArgumentHelp(
      "AWS credentials file; default: AWS_SHARED_CREDENTIALS_FILE, ~/.aws/credentials.",
      valueName: "file"),
    completion: .file())
  var credentials: String?

  @Option(
    name: [.long, .short],
    help: ArgumentHelp("New file to write the section to.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp("Import only this profile, and those it depends on.", valueName: "name"))
  var profile: [String] = []

  @Flag(help: "Store static keys in the keyring now.")
  var withKeys = false

  @OptionGroup var process: ProcessOptions

  var flags: ConfigurationFlags { process.flags }
  var logSettings: LogSettings { process.logSettings }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await ImportRequest(
      config: config, credentials: credentials, output: output,
      profiles: profile, storesKeys: withKeys
    ).run(context)
  }
}
