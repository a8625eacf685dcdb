import Application
import ArgumentParser
import Core

/// `atmos-auth import`: identities from the configuration of other tools.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Make identities from the configuration of other tools.",
    subcommands: [ImportAWSConfig.self])
}

/// `atmos-auth import aws-config`: identities from AWS profiles.
struct ImportAWSConfig: PlainCommand {
  static let configuration = CommandConfiguration(
    commandName: "aws-config",
    abstract: "Make identities from AWS profiles.",
    discussion: """
      Prints an `auth:` section with the same meaning as the profiles, and says on standard error
      what was taken, what was not, and why. Secret keys are never printed.

        $ atmos-auth import aws-config
        $ atmos-auth import aws-config --profile dev --output atmos.yaml
      """)

  @Option(
    help: ArgumentHelp(
      "The AWS configuration; default: AWS_CONFIG_FILE, ~/.aws/config.", valueName: "file"),
    completion: .file())
  var config: String?

  @Option(
    help: ArgumentHelp(
      "The AWS credentials; default: AWS_SHARED_CREDENTIALS_FILE, ~/.aws/credentials.",
      valueName: "file"),
    completion: .file())
  var credentials: String?

  @Option(
    name: [.long, .short],
    help: ArgumentHelp("Write the section into a new file.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    help: ArgumentHelp("Only this profile, and those it comes from.", valueName: "name"))
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
