import Application
import ArgumentParser
import AuthConfiguration
import Core
import Model
import Terminal

/// `atmos-auth whoami`: whose credentials would be used, from what is stored on this machine.
struct Whoami: IdentityCommand {
  static let configuration = CommandConfiguration(
    commandName: "whoami",
    abstract: "Show the identity in use and how long it lasts.",
    usage: "atmos-auth whoami [<options>] [<identity>]",
    discussion: """
      Reads only what is stored on this machine and never logs in; `--verify` asks STS. The exit \
      status is 77 if there is no valid session.

        $ atmos-auth whoami -o json
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var who: IdentityArgument

  @Option(
    name: [.long, .short, .customLong("format")],
    help: "Output format.")
  var output: OutputForm?

  @Flag(help: "Also ask STS, which needs the network.")
  var verify = false

  var wantsJSON: Bool { output == .json }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let who = try await context.requiredIdentity()
    return try await show(try await context.status(of: who, verify: verify), context)
  }

  /// Shows a status in the form that was asked for.
  func show(_ status: IdentityStatus, _ context: CommandContext) async throws(AuthError) -> Int32 {
    let form = if let output { output } else { try environmentForm(context) }
    let report = WhoamiReport(status, now: context.now, options: context.options)
    switch form {
    case .text:
      try context.emit(report.text(on: context.out))
      if let advice = report.advice { context.say(advice) }
    case .json: try context.emit(report.json)
    }
    return status.isValid ? 0 : AuthError.Code.loginRequired.exitStatus
  }

  // atmos reads the same variable.
  private func environmentForm(_ context: CommandContext) throws(AuthError) -> OutputForm {
    let name = "ATMOS_AUTH_WHOAMI_OUTPUT"
    guard let value = context.surroundings.environment[name], !value.isEmpty else { return .text }
    guard let form = OutputForm(rawValue: value) else {
      throw AuthError(
        .usage, "unsupported format: \(value) (from \(name))", hints: ["use `text` or `json`"])
    }
    return form
  }
}
