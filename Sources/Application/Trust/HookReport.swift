package import Core
import Hook

/// What `status` says of the hook in the shell that asked: whether it is there, and whether the
/// prompt shows who is active.
package struct HookReport {
  /// The shell whose hook asked; `nil` if none did.
  package var shell: ShellKind?
  /// What the hook says of its segment: `shown`, `off` if it is not to show one, `none` if nobody
  /// is active, else why it cannot.
  package var segment: String

  /// Creates it from its parts.
  package init(shell: ShellKind? = nil, segment: String = "") {
    self.shell = shell
    self.segment = segment
  }

  /// Lines for `status`.
  func lines(environment: [String: String]) -> [String] {
    guard let shell else { return ["Hook: not loaded in this shell", Self.advice(environment)] }
    var lines = ["Hook: loaded in this \(shell.rawValue)"]
    switch segment {
    case "", "none": break
    case "shown": lines.append("Prompt: shows the identity")
    case "off": lines.append("Prompt: left to you (--no-prompt); $ATMOS_AUTH_PROMPT has the text")
    default:
      lines.append("Prompt: cannot show the identity, since \(segment)")
      lines.append("  hint: show $ATMOS_AUTH_PROMPT in it, or load the hook with --no-prompt")
    }
    return lines
  }

  // The line for the person's own shell, which a script may have been started from.
  private static func advice(_ environment: [String: String]) -> String {
    let name = environment["SHELL"]?.split(separator: "/").last.map(String.init) ?? ""
    return switch ShellKind(rawValue: name) {
    case .zsh: "  hint: `eval \"$(atmos-auth hook zsh)\"` in ~/.zshrc loads it; the quotes matter"
    case .fish: "  hint: `atmos-auth hook fish | source` in ~/.config/fish/config.fish loads it"
    default: "  hint: `eval \"$(atmos-auth hook bash)\"` in ~/.bashrc loads it; the quotes matter"
    }
  }
}
