package import Core

extension ShellKind {
  /// What to put into which file so that the shell of `environment` has the hook.
  package static func hookHint(_ environment: [String: String]) -> String {
    let name = environment["SHELL"]?.split(separator: "/").last.map(String.init) ?? ""
    let line =
      switch ShellKind(rawValue: name) {
      case .zsh: "`eval \"$(atmos-auth hook zsh)\"` in ~/.zshrc"
      case .fish: "`atmos-auth hook fish | source` in ~/.config/fish/config.fish"
      case .bash: "`eval \"$(atmos-auth hook bash)\"` in ~/.bashrc"
      default:
        "`eval \"$(atmos-auth hook bash)\"` in ~/.bashrc (zsh, fish: `atmos-auth hook --help`)"
      }
    return "put \(line), and start a new shell"
  }
}
