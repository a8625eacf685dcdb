import Application
import ArgumentParser
import Core

/// `atmos-auth aws-config`: profiles for AWS tools outside of hooked shells.
struct AWSConfig: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "aws-config",
    abstract: "Print or write AWS profiles for the configured identities.",
    usage: "atmos-auth aws-config [<options>]",
    discussion: """
      For editors, database tools and shells without the hook. Prints the profiles. With \
      `--write`, they are written between two marker lines of ~/.aws/config, and everything \
      outside those lines is left alone. The changes are shown first.

        $ atmos-auth aws-config
        $ atmos-auth aws-config --write --prefix work-
        $ atmos-auth aws-config --remove
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  @Flag(help: "Write the profiles to the AWS configuration file.")
  var write = false

  @Flag(help: "Remove the profiles again.")
  var remove = false

  @Option(
    help: ArgumentHelp(
      "AWS configuration file; default: AWS_CONFIG_FILE, ~/.aws/config.", valueName: "path"),
    completion: .file())
  var file: String?

  @Option(help: ArgumentHelp("Text to put before each profile's name.", valueName: "text"))
  var prefix: String?

  @Flag(name: [.long, .short], help: "Do not ask for confirmation.")
  var yes = false

  func validate() throws {
    if write, remove {
      throw ValidationError("mutually exclusive flags provided: --write and --remove")
    }
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await AWSConfigRequest(
      action: write ? .write : remove ? .remove : .show, file: file, prefix: prefix ?? "",
      isAgreed: yes
    ).run(context)
  }
}
