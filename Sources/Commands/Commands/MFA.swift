import Application
import ArgumentParser
import Core

/// `atmos-auth mfa`: the devices whose codes logins need.
struct MFA: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mfa",
    abstract: "Look after MFA devices, and where their codes come from.",
    subcommands: [
      MFAStatus.self, MFAAdd.self, MFARemove.self, MFARegister.self, MFAUnregister.self,
    ])
}

/// Which device a command is about.
struct DeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The device's ARN or serial number; default: the identity's.", valueName: "arn"))
  var device: String?
}

/// `atmos-auth mfa add`.
struct MFAAdd: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Store a device's seed in the keyring, so that codes are made without asking.",
    discussion: """
      The seed is what AWS shows while a virtual device is added: the secret key as
      text, or what its QR code says (`otpauth://totp/…`). It is asked for at the
      terminal, or read from standard input when that is not a terminal, and never
      shown again.

      Whoever can open the keyring has both factors then.

        $ atmos-auth mfa add -i jane
        $ zbarimg -q --raw device.png | atmos-auth mfa add -i jane
        $ atmos-auth mfa add --device arn:aws:iam::123456789012:mfa/jane
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var device: DeviceOptions

  @Flag(help: "Replace a seed that is there without asking.")
  var replace = false

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await SeedRequest(device: device.device).add(context, replaces: replace)
  }
}

/// `atmos-auth mfa remove`.
struct MFARemove: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove",
    abstract: "Remove a device's seed from the keyring.",
    discussion: """
      The device itself stays as it is at AWS; codes are asked for again.

        $ atmos-auth mfa remove -i jane
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var device: DeviceOptions

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await SeedRequest(device: device.device).remove(context)
  }
}

/// `atmos-auth mfa status`.
struct MFAStatus: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "List MFA devices: where their codes come from, and when one was last given.",
    discussion: """
      Sends nothing and makes no code.

        $ atmos-auth mfa status
        $ atmos-auth mfa status -o json
      """)

  @OptionGroup var global: GlobalOptions

  @Option(
    name: [.long, .short, .customLong("format")],
    help: "The form of the output: text, or json; both on standard output.")
  var output: KeyringStatusCommand.Form = .text

  var wantsJSON: Bool { output == .json }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let report = try await DeviceReport.of(context)
    try context.emit(output == .json ? report.json : report.text)
    return 0
  }
}
