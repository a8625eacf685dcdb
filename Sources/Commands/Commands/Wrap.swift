import Application
import ArgumentParser
import Core

/// `atmos-auth wrap`: which programs the hook wraps.
struct Wrap: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wrap",
    abstract: "Choose the programs that shells run as the identity that applies.",
    discussion: """
      The hook defines a function for each, so that `terraform plan` runs as `atmos-auth exec -- \
      terraform plan` would, or on its own where no identity applies. The list is \
      `auth.shell.wrap` of your own configuration file.

        $ atmos-auth wrap add terraform kubectl
        $ command terraform plan              # without the function
      """,
    subcommands: [WrapAdd.self, WrapRemove.self, WrapList.self])
}

/// `atmos-auth wrap add`.
struct WrapAdd: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Wrap programs in shells that start from now on.",
    usage: "atmos-auth wrap add [<options>] <program> ...",
    discussion: """
        $ atmos-auth wrap add terraform tofu terragrunt
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  @Argument(help: "Names of programs.", completion: .list(ToolNames.all))
  var programs: [String]

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try WrapRequest(.add(programs)).run(context)
  }
}

/// `atmos-auth wrap remove`.
struct WrapRemove: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Stop wrapping programs.",
    usage: "atmos-auth wrap remove [<options>] <program> ...")

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  @Argument(help: "Names of programs.", completion: .list(ToolNames.all))
  var programs: [String]

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try WrapRequest(.remove(programs)).run(context)
  }
}

/// `atmos-auth wrap list`.
struct WrapList: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print the programs that are wrapped, one per line.",
    usage: "atmos-auth wrap list [<options>]")

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try WrapRequest(.list).run(context)
  }
}

/// The programs whose commands are known.
enum ToolNames {
  static let all = WrapRequest.knownTools
}
