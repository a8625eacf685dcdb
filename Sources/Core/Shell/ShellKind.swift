/// The shells that code is written for.
public enum ShellKind: String, CaseIterable, Sendable {
  /// GNU bash, 3.2 and later.
  case bash
  /// zsh, 5.8 and later.
  case zsh
  /// fish, 3.4 and later.
  case fish
  /// Any shell that follows POSIX.
  case posix
  /// PowerShell, 5.1 and later.
  case powershell

  /// The shells that have a hook.
  public static let hooked: [ShellKind] = [.bash, .zsh, .fish]
}
