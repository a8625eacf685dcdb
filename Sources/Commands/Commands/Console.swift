import Application
import ArgumentParser
import Core

/// `atmos-auth console`: signs a browser in to the AWS console.
struct Console: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "console",
    abstract: "Open the AWS console as an identity.",
    discussion: """
      The address that signs in is a secret: the browser is sent to it without its being shown,
      logged or part of a command line.

        $ atmos-auth console -i dev
        $ atmos-auth console -i dev --destination s3 --duration 4h
        $ atmos-auth console -i prod --isolated        # a browser profile for prod alone
        $ atmos-auth console -i dev --print-only | pbcopy
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var code: CodeFlags

  @Option(
    help: ArgumentHelp(
      "The page to open: a name such as `s3` or `cloudformation`, or an address of the console.",
      valueName: "page"),
    completion: .names(of: .consolePage))
  var destination: String?

  @Option(
    help: ArgumentHelp(
      "How long the console session lasts, 15m to 12h, where AWS lets that be chosen.",
      valueName: "duration"))
  var duration: String?

  @Option(
    help: ArgumentHelp(
      "Whom the console names when the session has ended; default: atmos.", valueName: "name"))
  var issuer: String?

  @Flag(help: "Write the address to standard output and open nothing.")
  var printOnly = false

  @Flag(help: "Show the address on the terminal and open nothing.")
  var noOpen = false

  @Flag(
    inversion: .prefixedNo,
    help: "Use a browser profile that only this identity has (auth.console.isolated).")
  var isolated: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Use a container in Firefox that only this identity has (auth.console.container).")
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
