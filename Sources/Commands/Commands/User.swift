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
    usage: "atmos-auth user configure [<options>]",
    discussion: """
      Asks for anything that is missing. The secret is never an argument: you type it at the \
      terminal, or it is read from standard input if that is not a terminal. With `--verify`, AWS \
      is asked which user the keys belong to, and which MFA device the user has, before anything \
      is stored.

        $ atmos-auth user configure -i me --verify
        $ pass show aws | atmos-auth user configure -i me --access-key-id AKIA…
        $ atmos-auth user configure --provider corp   # the password of a SAML page
      """)

  @OptionGroup var global: GlobalOptions

  @Option(
    name: [.long, .customShort("p")],
    help: ArgumentHelp("Store the password of this provider's page.", valueName: "name"),
    completion: .names(of: .provider))
  var provider: String?

  @Option(help: ArgumentHelp("Access key id.", valueName: "id"))
  var accessKeyId: String?

  @Option(
    help: ArgumentHelp(
      "ARN or serial number of the user's MFA device; empty for none.", valueName: "arn"))
  var mfaArn: String?

  @Option(
    help: ArgumentHelp("Length of sessions, such as 12h.", valueName: "duration"))
  var sessionDuration: String?

  @Flag(help: "Check the keys with AWS before storing them, and find the MFA device.")
  var verify = false

  func validate() throws {
    let others = [global.identity, accessKeyId, mfaArn, sessionDuration]
    if provider != nil, verify || others.contains(where: { $0 != nil }) {
      throw ValidationError("mutually exclusive flags provided: --provider takes a password alone")
    }
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    if let provider { return try await PasswordConfiguration(provider: provider).run(context) }
    return try await UserConfiguration(
      accessKeyID: accessKeyId, mfaARN: mfaArn, sessionDuration: sessionDuration,
      verifies: verify
    ).run(context)
  }
}

/// `atmos-auth user rotate`: replaces an IAM user's keys with new ones.
struct UserRotate: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "rotate",
    abstract: "Replace an IAM user's stored access keys with new ones.",
    usage: "atmos-auth user rotate [<options>]",
    discussion: """
      Creates an access key in IAM, stores it, waits until AWS accepts it, makes it the one in \
      use, and deletes the old one. If it is interrupted, the keyring still has a working key; run \
      the same command again to finish. Existing sessions last until they end.

      Everything else that has the old key (another machine, a CI system) loses access. With \
      `--deactivate` you can reactivate it. An IAM user can have at most two access keys.

        $ atmos-auth user rotate -i me --dry-run
        $ atmos-auth user rotate -i me
      """)

  @OptionGroup var global: GlobalOptions

  @Flag(help: "Make the old key inactive instead of deleting it.")
  var deactivate = false

  @Option(
    help: ArgumentHelp(
      "First delete this other key of the user; the last four letters of its id are enough.",
      valueName: "id"))
  var deleteKey: String?

  @Flag(help: "Show what would be done, without doing it.")
  var dryRun = false

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await RotationRequest(deactivates: deactivate, obstacle: deleteKey, isDryRun: dryRun)
      .run(context)
  }
}
