import Application
import ArgumentParser
import AuthConfiguration
import Core
import Model

/// `atmos-auth why`: what using an identity would do.
struct Why: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "why",
    abstract: "Show what using an identity would do, without doing it.",
    usage: "atmos-auth why [<options>] [<identity>]",
    discussion: """
      For each link: which session is used, what you would be asked for, how long the result \
      lasts, and what limits that. Reads only what is on this machine.

        $ atmos-auth why prod
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: ArgumentHelp("Identity to explain.", valueName: "identity"),
    completion: .names(of: .identity))
  var name: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let who =
      if let name { try context.identity(named: name, by: .argument) } else {
        try await context.requiredIdentity()
      }
    let state = try await context.chainState(of: who)
    try context.emit(
      WhyReport(
        identity: who.record.name, forecast: ChainForecast(state, now: context.now),
        stream: context.out
      ).text)
    return 0
  }
}
