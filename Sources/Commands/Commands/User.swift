import ArgumentParser
import Core

/// `atmos-auth user`: long-lived keys of IAM users.
struct User: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user",
    abstract: "Manage the stored keys of IAM users.",
    subcommands: [UserConfigure.self])
}

/// `atmos-auth user configure`: stores an IAM user's keys in the keyring.
struct UserConfigure: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "configure",
    abstract: "Store an IAM user's access keys in the keyring.",
    discussion: """
      Asks for what is missing. The secret is never an argument: it is asked for at the terminal,
      or read from standard input when that is not a terminal.

        $ atmos-auth user configure -i me
        $ pass show aws/secret | atmos-auth user configure -i me --access-key-id AKIA…
      """)

  @OptionGroup var global: GlobalOptions

  @Option(help: ArgumentHelp("The access key id.", valueName: "id"))
  var accessKeyId: String?

  @Option(
    help: ArgumentHelp(
      "The ARN or serial number of the user's MFA device; empty for none.", valueName: "arn"))
  var mfaArn: String?

  @Option(
    help: ArgumentHelp("How long sessions last, such as 12h.", valueName: "duration"))
  var sessionDuration: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await UserConfiguration(
      accessKeyID: accessKeyId, mfaARN: mfaArn, sessionDuration: sessionDuration
    ).run(context)
  }
}
