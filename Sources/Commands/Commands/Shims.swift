import Application
import ArgumentParser
import Core

/// `atmos-auth shims`: programs that run tools as wrappers do, for what starts no shell.
struct Shims: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "shims",
    abstract: "Keep small programs that run tools as wrappers do, for Makefiles and IDEs.",
    discussion: """
      What starts programs without an interactive shell sees no functions. Put the directory in \
      front of PATH there.

        $ atmos-auth shims install terraform tofu
        $ export PATH="$HOME/.local/share/atmos-auth/shims:$PATH"
      """,
    subcommands: [ShimsInstall.self, ShimsRemove.self, ShimsList.self])
}

/// Where shims are.
struct ShimsDirectory: ParsableArguments {
  @Option(
    name: .customLong("dir"),
    help: ArgumentHelp(
      "Directory of the shims; ~/.local/share/atmos-auth/shims if not given.",
      valueName: "directory"),
    completion: .directory)
  var directory: String?
}

/// `atmos-auth shims install`.
struct ShimsInstall: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "Make shims.",
    usage: "atmos-auth shims install [<options>] <program> ...")

  @OptionGroup var global: SharedOptions<ActsAsNobody>
  @OptionGroup var place: ShimsDirectory

  @Argument(help: "Names of programs.", completion: .list(ToolNames.all))
  var programs: [String]

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try ShimsRequest(.install(programs), directory: place.directory).run(context)
  }
}

/// `atmos-auth shims remove`.
struct ShimsRemove: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove shims; all of them if none is named.",
    usage: "atmos-auth shims remove [<options>] [<program> ...]")

  @OptionGroup var global: SharedOptions<ActsAsNobody>
  @OptionGroup var place: ShimsDirectory

  @Argument(help: "Names of programs.", completion: .list(ToolNames.all))
  var programs: [String] = []

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try ShimsRequest(.remove(programs), directory: place.directory).run(context)
  }
}

/// `atmos-auth shims list`.
struct ShimsList: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Print the paths of the shims, one per line.",
    usage: "atmos-auth shims list [<options>]")

  @OptionGroup var global: SharedOptions<ActsAsNobody>
  @OptionGroup var place: ShimsDirectory

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try ShimsRequest(.list, directory: place.directory).run(context)
  }
}
