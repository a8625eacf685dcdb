import Application
import ArgumentParser
import Core

/// `atmos-auth repl`: a conversation with the person at the terminal, or a script.
struct ReplCommandLine: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "repl",
    abstract: "Log in, switch, assume roles and run programs at one prompt.",
    usage: "atmos-auth repl [<options>]",
    discussion: """
      Lines are edited with GNU readline: history, Ctrl-R, TAB, and ~/.inputrc with `$if \
      atmos-auth`. `help` lists the words, Ctrl-C drops the line or stops the running program, and \
      Ctrl-D leaves. Lines can also come from a pipe; the first that fails ends the script.

        $ atmos-auth repl
        $ printf '%s\\n' 'use dev' '!aws s3 ls' | atmos-auth repl
      """)

  @OptionGroup var global: GlobalOptions

  // The process number of the shell whose hook asks afterwards who was kept.
  @Option(name: .customLong("for-shell"), help: .hidden)
  var shell: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let context = try context.entered()
    let kept = shell.flatMap { KeptIdentity(shell: $0, paths: context.paths) }
    try kept?.clear()
    let repl = Repl(context, shell: kept)
    if context.flags.identity == .ask { try await repl.use(nil) }
    return try await repl.run()
  }
}
