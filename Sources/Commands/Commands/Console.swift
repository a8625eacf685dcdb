import Application
import ArgumentParser
import Core

/// `atmos-auth console`: signs a browser in to the AWS console.
struct Console: IdentityCommand {
  static let configuration = CommandConfiguration(
    commandName: "console",
    abstract: "Open the AWS console as an identity.",
    usage: "atmos-auth console [<options>] [<identity>]",
    discussion: """
      The sign-in address is a secret. It is passed to the browser without being shown, logged or \
      put on a command line.

        $ atmos-auth console dev
        $ atmos-auth console dev --destination s3 --duration 4h
        $ atmos-auth console prod --isolated     # in its own browser profile
        $ atmos-auth console dev --print-only | pbcopy
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var who: IdentityArgument
  @OptionGroup var code: CodeFlags

  @Option(
    help: ArgumentHelp(
      "Page to open: a name such as `s3` or `cloudformation`, or a console address.",
      valueName: "page"),
    completion: .names(of: .consolePage))
  var destination: String?

  @Option(
    help: ArgumentHelp(
      "Length of the console session, 15m to 12h, where AWS allows a choice.",
      valueName: "duration"))
  var duration: String?

  @Option(
    help: ArgumentHelp(
      "Issuer shown when the console session ends; default: atmos.", valueName: "name"))
  var issuer: String?

  @Flag(help: "Print the address on standard output; do not open it.")
  var printOnly = false

  @Flag(help: "Show the address on the terminal; do not open it.")
  var noOpen = false

  @Flag(
    inversion: .prefixedNo,
    help: "Use a browser profile of this identity alone (auth.console.isolated).")
  var isolated: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Use a Firefox container of this identity alone (auth.console.container).")
  var container: Bool?

  /// What was asked for.
  var request: ConsoleRequest {
    ConsoleRequest(
      destination: destination, duration: duration, issuer: issuer, isPrintOnly: printOnly,
      opensNothing: noOpen, isIsolated: isolated, usesContainer: container)
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await request.run(try code.added(to: context))
  }
}
