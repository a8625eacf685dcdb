import Application
import ArgumentParser
import AuthConfiguration
import Core
import Model

/// `atmos-auth why`: what using an identity would do.
struct Why: IdentityCommand {
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
  @OptionGroup var who: IdentityArgument

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let who = try await context.requiredIdentity()
    let state = try await context.chainState(of: who)
    try context.emit(
      WhyReport(
        identity: who.record.name, forecast: ChainForecast(state, now: context.now),
        ended: state.ended, stream: context.out
      ).text)
    return 0
  }
}
