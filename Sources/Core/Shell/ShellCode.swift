/// A change of one environment variable.
public enum EnvironmentChange: Hashable, Sendable {
  /// The variable gets a value and is exported.
  case set(name: String, value: String)
  /// The variable goes.
  case unset(name: String)

  /// The variable.
  public var name: String {
    switch self {
    case .set(let name, _), .unset(let name): name
    }
  }
}

/// Code that changes an environment.
public enum ShellCode {
  /// One statement a line, no output.
  ///
  /// Names that not every shell can have are left out.
  public static func lines(_ changes: [EnvironmentChange], for shell: ShellKind) -> String {
    changes.compactMap { change -> String? in
      guard ShellQuoting.isVariableName(change.name) else { return nil }
      return switch (shell, change) {
      case (.fish, .set(let name, let value)):
        "set -gx \(name) \(ShellQuoting.quote(value, for: shell));\n"
      case (.fish, .unset(let name)): "set -e \(name);\n"
      case (.powershell, .set(let name, let value)):
        "$env:\(name) = \(ShellQuoting.quote(value, for: shell))\n"
      case (.powershell, .unset(let name)):
        "Remove-Item -ErrorAction SilentlyContinue Env:\(name)\n"
      case (_, .set(let name, let value)):
        "export \(name)=\(ShellQuoting.quote(value, for: shell))\n"
      case (_, .unset(let name)): "unset \(name)\n"
      }
    }.joined()
  }
}
