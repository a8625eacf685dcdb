import Application
import ArgumentParser
import Core

/// `atmos-auth stacks`: which identity each stack of atmos selects.
struct Stacks: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "stacks",
    abstract: "Show which identity each stack selects, and write that down for directories.",
    usage: "atmos-auth stacks [<options>]",
    discussion: """
      A stack's manifest selects the identity that it marks as default; where it says nothing, \
      `auth.stacks` in atmos.yaml does. `--write` puts an .atmos-identity into each directory whose \
      manifests agree, so that `cd` can follow them.

        $ atmos-auth stacks
        $ atmos-auth stacks --write
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  @Option(
    name: [.customLong("format"), .short, .customLong("output")],
    help: "Output format.")
  var output: OutputForm?

  @Flag(help: "Write .atmos-identity files; existing ones are left as they are.")
  var write = false

  var wantsJSON: Bool { output == .json }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try StacksRequest(isJSON: output == .json, writes: write).run(context)
  }
}

/// The stack whose identity a command acts as.
struct StackOption: ParsableArguments {
  @Option(
    name: .customLong("stack"),
    help: ArgumentHelp("Act as the identity that this stack of atmos selects.", valueName: "name"))
  var name: String?

  /// The context in which the stack counts.
  func added(to context: CommandContext) throws(AuthError) -> CommandContext {
    guard let name else { return context }
    guard context.flags.identity == .unstated else {
      throw AuthError(.usage, "name an identity or a stack, not both")
    }
    var context = context
    context.stack = StackQuestion(named: name)
    return context
  }
}
