import Application
import ArgumentParser
import Core

/// `atmos-auth mfa register`: makes a virtual MFA device at IAM.
struct MFARegister: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "register",
    abstract: "Make a virtual MFA device for an IAM user, with its seed in the keyring.",
    discussion: """
      Makes the device at IAM, stores its seed in the keyring, enables it, and names it with the
      stored keys, so that new sessions use it. It may be interrupted anywhere: the same command
      again goes on. A user has eight devices at most.

        $ atmos-auth mfa register -i me
        $ atmos-auth mfa register -i me --device-name me-laptop --qr
      """)

  @OptionGroup var global: GlobalOptions

  @Option(
    help: ArgumentHelp(
      "What the device is called in the account; default: the user's name.", valueName: "name"))
  var deviceName: String?

  @Flag(help: "Also show the seed as a QR code, for a phone that is to make the same codes.")
  var qr = false

  @Flag(help: "Delete a device of that name first that nobody uses.")
  var replace = false

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await RegistrationRequest(deviceName: deviceName, replaces: replace, showsQRCode: qr)
      .run(context)
  }
}

/// `atmos-auth mfa unregister`: takes an MFA device away at IAM.
struct MFAUnregister: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "unregister",
    abstract: "Take an IAM user's MFA device away, at IAM and in the keyring.",
    discussion: """
      Deactivates the device, deletes it if it is a virtual one, and removes its seed from the
      keyring. Policies often allow that only after a second factor: a code is then needed once
      more, and made from the seed if that is in the keyring.

        $ atmos-auth mfa unregister -i me
      """)

  @OptionGroup var global: GlobalOptions

  @Option(
    help: ArgumentHelp(
      "The device's ARN or serial number; default: the identity's own.", valueName: "arn"))
  var device: String?

  @Flag(help: "Do not ask.")
  var force = false

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await UnregistrationRequest(device: device, isForced: force).run(context)
  }
}
