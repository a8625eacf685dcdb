import AuthConfiguration
package import Core
import Logging
import Model
import ShellSnippets
import Terminal

/// What `hook` does, apart from the command line.
package struct HookRequest {
  package var shell: String
  package var isUninstall = false
  package var hasPrompt = true
  package var hasSwitch = true
  package var hasWrap = true

  /// Creates it from its parts.
  package init(
    shell: String, isUninstall: Bool = false, hasPrompt: Bool = true, hasSwitch: Bool = true,
    hasWrap: Bool = true
  ) {
    self.shell = shell
    self.isUninstall = isUninstall
    self.hasPrompt = hasPrompt
    self.hasSwitch = hasSwitch
    self.hasWrap = hasWrap
  }

  package func run(_ context: CommandContext) throws(AuthError) -> Int32 {
    guard let kind = ShellKind(rawValue: shell), ShellKind.hooked.contains(kind) else {
      throw AuthError(.usage, "no hook for shell: \(shell)", hints: ["use bash, zsh or fish"])
    }
    // It is for the person's own files to say, and a checkout with faults must not take it away. The
    // commands that need the configuration report why it cannot be read.
    let options = try? context.ownConfiguration().catalog().shell
    let snippet = Snippet(
      shell: kind, executable: context.surroundings.executable,
      hookExecutable: context.surroundings.hookExecutable,
      hasPrompt: hasPrompt && options?.showsPrompt != false,
      hasSwitch: hasSwitch && options?.switches != false,
      wraps: hasWrap ? options?.wraps ?? [] : [])
    if !isUninstall { context.followProgram() }
    try context.emit(isUninstall ? snippet.uninstallation : snippet.installation)
    return 0
  }
}

extension CommandContext {
  /// Makes files that were delivered earlier run this program if the one they name no longer exists.
  ///
  /// It is done when a shell starts, because entering a directory does not run this program.
  fileprivate func followProgram() {
    for cloud in registry.clouds {
      guard let follow = cloud.follow else { continue }
      let directory = paths.cloudDirectory(cloud.name)
      for name in (try? FileSystem.list(directory)) ?? [] {
        do throws(AuthError) { try follow(surroundings.executable, directory + name) } catch {
          log.warning("delivered files name another program", metadata: ["error": "\(error)"])
        }
      }
    }
  }
}
