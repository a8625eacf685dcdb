import Application
import ArgumentParser
import Core

/// `atmos-auth mfa`: the devices whose codes logins need.
struct MFA: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mfa",
    abstract: "Manage MFA devices and where their codes come from.",
    subcommands: [
      MFAStatus.self, MFACode.self, MFAAdd.self, MFARemove.self, MFARegister.self,
      MFAUnregister.self,
    ])
}

/// Which device a command is about.
struct DeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "ARN or serial number of the device; default: the identity's.", valueName: "arn"))
  var device: String?
}

/// `atmos-auth mfa add`.
struct MFAAdd: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Store a device's seed in the keyring, so that atmos-auth can make its codes.",
    usage: "atmos-auth mfa add [<options>]",
    discussion: """
      The seed is what AWS shows when you add a virtual device: the secret key as text, or the \
      address in the QR code (`otpauth://totp/…`). You type it at the terminal, or it is read \
      from standard input if that is not a terminal. It is never shown again.

      Anyone who can open the keyring then has both factors.

        $ atmos-auth mfa add -i jane
        $ zbarimg -q --raw device.png | atmos-auth mfa add -i jane
        $ atmos-auth mfa add --device arn:aws:iam::123456789012:mfa/jane

      The device of a provider whose sign-in pages ask for codes is `saml/` and its name:

        $ atmos-auth mfa add --device saml/corp
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var device: DeviceOptions

  @Flag(help: "Replace an existing seed without asking.")
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
    usage: "atmos-auth mfa remove [<options>]",
    discussion: """
      The device itself stays registered with AWS. You are asked for its codes again.

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
    abstract: "List MFA devices: where their codes come from and when each was last used.",
    usage: "atmos-auth mfa status [<options>]",
    discussion: """
      Does not send anything and does not make a code.

        $ atmos-auth mfa status
        $ atmos-auth mfa status -o json
      """)

  @OptionGroup var global: GlobalOptions

  @Option(
    name: [.long, .short, .customLong("format")],
    help: "Output format.")
  var output: OutputForm = .text

  var wantsJSON: Bool { output == .json }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let report = try await DeviceReport.of(context)
    try context.emit(output == .json ? report.json : report.text)
    return 0
  }
}

/// `atmos-auth mfa code`.
struct MFACode: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "code",
    abstract: "Print a code of an identity's MFA device, to be typed elsewhere.",
    usage: "atmos-auth mfa code [<options>]",
    discussion: """
      The code comes from the seed in the keyring or from the programs that `mfa.sources` names. It \
      counts as used: atmos-auth does not send it again.

        $ atmos-auth mfa code -i jane
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var device: DeviceOptions

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await CodePrintRequest(device: device.device).run(context)
  }
}
