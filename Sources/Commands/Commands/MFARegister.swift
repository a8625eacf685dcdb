import Application
import ArgumentParser
import Core

/// `atmos-auth mfa register`: creates a virtual MFA device in IAM.
struct MFARegister: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Create a virtual MFA device for an IAM user, with its seed in the keyring.",
    usage: "atmos-auth mfa register [<options>]",
    discussion: """
      Creates the device in IAM, stores its seed in the keyring, enables it, and records it with \
      the stored keys, so that new sessions use it. If it is interrupted, run the same command \
      again to continue. A user can have at most eight devices.

        $ atmos-auth mfa register -i me
        $ atmos-auth mfa register -i me --device-name me-laptop --qr
      """)

  @OptionGroup var global: GlobalOptions

  @Option(
    help: ArgumentHelp(
      "Name of the device in the account; default: the user's name.", valueName: "name"))
  var deviceName: String?

  @Flag(help: "Also show the seed as a QR code, so that a phone can make the same codes.")
  var qr = false

  @Flag(help: "First delete an unused device of the same name.")
  var replace = false

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await RegistrationRequest(deviceName: deviceName, replaces: replace, showsQRCode: qr)
      .run(context)
  }
}

/// `atmos-auth mfa unregister`: removes an MFA device from IAM.
struct MFAUnregister: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "unregister",
    abstract: "Remove an IAM user's MFA device from IAM and from the keyring.",
    usage: "atmos-auth mfa unregister [<options>]",
    discussion: """
      Deactivates the device, deletes it if it is virtual, and removes its seed from the keyring. \
      Policies often allow this only after a second factor. Then one more code is needed; it is \
      made from the seed if the keyring has it.

        $ atmos-auth mfa unregister -i me
      """)

  @OptionGroup var global: GlobalOptions

  @Option(
    help: ArgumentHelp(
      "ARN or serial number of the device; default: the identity's.", valueName: "arn"))
  var device: String?

  @Flag(help: "Do not ask for confirmation.")
  var force = false

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await UnregistrationRequest(device: device, isForced: force).run(context)
  }
}
