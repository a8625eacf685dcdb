import AuthConfiguration
import Core
import ShellSnippets
import Terminal

/// What `hook` does, apart from the command line.
struct HookRequest {
  var shell: String
  var isUninstall = false
  var hasPrompt = true
  var hasSwitch = true

  func run(_ context: CommandContext) throws(AuthError) -> Int32 {
    guard let kind = ShellKind(rawValue: shell), ShellKind.hooked.contains(kind) else {
      throw AuthError(.usage, "no hook for shell: \(shell)").hint("use bash, zsh or fish")
    }
    // What a configuration that cannot be read says is told by the commands that need it.
    let options = try? context.catalog().shell
    let snippet = Snippet(
      shell: kind, executable: context.surroundings.executable,
      hookExecutable: context.surroundings.hookExecutable,
      hasPrompt: hasPrompt && options?.showsPrompt != false,
      hasSwitch: hasSwitch && options?.switches != false)
    try context.emit(isUninstall ? snippet.uninstallation : snippet.installation)
    return 0
  }
}
