import Application
import ArgumentParser
import Core
import Terminal

/// `atmos-auth hook`: the code that a shell evaluates when it starts.
struct Hook: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "hook",
    abstract: "Print the code that a shell evaluates when it starts.",
    usage: "atmos-auth hook [<options>] <shell>",
    discussion: """
        eval "$(atmos-auth hook bash)"               # in ~/.bashrc
        eval "$(atmos-auth hook zsh)"                # in ~/.zshrc
        atmos-auth hook fish | source                # in ~/.config/fish/config.fish
        eval "$(atmos-auth hook --uninstall bash)"   # remove it from this shell
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  @Argument(
    help: "Shell to print the code for: bash, zsh or fish.",
    completion: .list(ShellKind.hooked.map(\.rawValue)))
  var shell: String

  @Flag(help: "Print the code that removes the hook from a shell.")
  var uninstall = false

  @Flag(help: "Do not change the prompt; ATMOS_AUTH_PROMPT is still set.")
  var noPrompt = false

  @Flag(help: "Do not switch on `cd`; only `use` changes the identity.")
  var noSwitch = false

  @Flag(help: "Define no functions for the programs of `auth.shell.wrap`.")
  var noWrap = false

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try HookRequest(
      shell: shell, isUninstall: uninstall, hasPrompt: !noPrompt, hasSwitch: !noSwitch,
      hasWrap: !noWrap
    ).run(context)
  }
}

/// `atmos-auth completion`: the code that completes commands, options and names.
struct Completion: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "completion",
    abstract: "Print the code that completes commands, options and identity names.",
    usage: "atmos-auth completion [<options>] <shell>",
    discussion: """
        eval "$(atmos-auth completion bash)"
        atmos-auth completion zsh > "${fpath[1]}/_atmos-auth"
        atmos-auth completion fish > ~/.config/fish/completions/atmos-auth.fish
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  @Argument(
    help: "Shell to print the code for: bash, zsh or fish.",
    completion: .list(ShellKind.hooked.map(\.rawValue)))
  var shell: String

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try CompletionScript(shell: shell).run(context)
  }
}

/// `atmos-auth __complete`: the candidates for one word; shells call it on TAB.
struct Complete: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "__complete", abstract: "Print completions.",
    usage: "atmos-auth __complete [<options>] [<words> ...]", shouldDisplay: false)

  @OptionGroup var global: GlobalOptions

  @Argument(parsing: .captureForPassthrough)
  var words: [String] = []

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try context.emit(CompletionAnswer(words: words).text(context))
    return 0
  }
}

/// `atmos-auth __revalidate`: compares a grant with an edited configuration; the hook calls it.
struct Revalidate: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "__revalidate", abstract: "Check a grant again.",
    usage: "atmos-auth __revalidate [<options>]", shouldDisplay: false)

  @OptionGroup var global: GlobalOptions

  @Option(help: .hidden)
  var directory: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try TrustRequest(directory: directory).revalidate(context)
  }
}
