import Application
import ArgumentParser
import Core

/// `atmos-auth user`: long-lived keys of IAM users.
struct User: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user",
    abstract: "Manage the stored keys of IAM users.",
    subcommands: [UserConfigure.self, UserRotate.self])
}

/// `atmos-auth user configure`: stores an IAM user's keys in the keyring.
struct UserConfigure: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "configure",
    abstract: "Store an IAM user's access keys in the keyring.",
    discussion: """
      Asks for what is missing. The secret is never an argument: it is asked for at the terminal,
      or read from standard input when that is not a terminal. With `--verify` AWS is asked whose
      they are before anything is stored, and which MFA device the user has.

        $ atmos-auth user configure -i me --verify
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

  @Flag(help: "Store nothing that AWS does not accept, and look for the user's MFA device.")
  var verify = false

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await UserConfiguration(
      accessKeyID: accessKeyId, mfaARN: mfaArn, sessionDuration: sessionDuration,
      verifies: verify
    ).run(context)
  }
}

/// `atmos-auth user rotate`: replaces an IAM user's keys by new ones.
struct UserRotate: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "Replace an IAM user's stored access keys by new ones.",
    discussion: """
      Makes a new access key at IAM, stores it, waits until AWS knows it, puts it in place of the
      old one and deletes that. It may be interrupted anywhere: a working key stays in the keyring,
      and the same command again finishes what was begun. Sessions go on until they end.

      Other places that have the old key (another machine, a CI system) lose access with it;
      `--deactivate` lets you bring it back. An IAM user has two access keys at most.

        $ atmos-auth user rotate -i me --dry-run
        $ atmos-auth user rotate -i me
      """)

  @OptionGroup var global: GlobalOptions

  @Flag(help: "Make the old key inactive instead of deleting it.")
  var deactivate = false

  @Option(
    help: ArgumentHelp(
      "Delete this other key of the user first; the last four letters of its id are enough.",
      valueName: "id"))
  var deleteKey: String?

  @Flag(help: "Show what would be done, and change nothing.")
  var dryRun = false

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await RotationRequest(deactivates: deactivate, obstacle: deleteKey, isDryRun: dryRun)
      .run(context)
  }
}
