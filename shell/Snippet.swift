public import Core

/// The code that a shell evaluates to have the hook, or to be rid of it: the files `hook.*` and
/// `unhook.*`, with what only this installation knows filled in.
///
/// The same installation gives the same text every time, so it may be kept in a file.
public struct Snippet: Sendable {
  private let shell: ShellKind
  private let executable: String
  private let hookExecutable: String
  private let hasPrompt: Bool
  private let hasSwitch: Bool
  private let wraps: [String]

  /// Describes a hook.
  ///
  /// - Parameters:
  ///   - shell: One of ``Core/ShellKind/hooked``; for others the code is empty.
  ///   - executable: The absolute path of `atmos-auth`.
  ///   - hookExecutable: The absolute path of `atmos-auth-hook`.
  ///   - hasPrompt: Whether the segment is put in front of the prompt; its variables are set in any
  ///     case.
  ///   - hasSwitch: Whether directories switch the identity.
  ///   - wraps: The programs that a function of their name runs as the identity that applies; names
  ///     of letters, digits and `.`, `_`, `+`, `-`, no shell's own words.
  public init(
    shell: ShellKind, executable: String, hookExecutable: String, hasPrompt: Bool = true,
    hasSwitch: Bool = true, wraps: [String] = []
  ) {
    self.shell = shell
    self.executable = executable
    self.hookExecutable = hookExecutable
    self.hasPrompt = hasPrompt
    self.hasSwitch = hasSwitch
    self.wraps = wraps
  }

  /// The code that installs the hook in an interactive shell, and does nothing in others.
  ///
  /// bash gets it as a text to evaluate once more, so that it comes to `shopt -u expand_aliases`
  /// before it reads the functions; zsh as one to evaluate under its own options, which the
  /// functions then keep.
  public var installation: String {
    switch shell {
    case .bash:
      "case $-\(Self.lineBreak) in *i*\\ *) \(complaint("\"$(atmos-auth hook bash)\"")) ;; "
        + "*i*) \\builtin eval \(quoted(filled(PackageResources.hook_bash))) ;; esac\n"
    case .zsh:
      "if [[ ! -o interactive ]]; then :; elif [[ \(Self.lineBreak) == ' ' ]]; then "
        + "\(complaint("\"$(atmos-auth hook zsh)\"")); else "
        + "\\builtin emulate zsh -o no_aliases -o no_ksh_zero_subscript -c "
        + "\(quoted(filled(PackageResources.hook_zsh))); fi\n"
    case .fish:
      "status is-interactive; and test \(Self.lineBreak) = ' '; and \(complaint("(atmos-auth hook fish | string collect)"))\n"
        + functionsApart(filled(PackageResources.hook_fish))
    case .posix, .powershell: ""
    }
  }

  /// The code that takes the hook out of the shell that evaluates it, and puts back what it changed.
  public var uninstallation: String {
    switch shell {
    case .bash: String(decoding: PackageResources.unhook_bash, as: UTF8.self)
    case .zsh:
      "\\builtin emulate zsh -o no_aliases -o no_ksh_zero_subscript -c "
        + "\(quoted(String(decoding: PackageResources.unhook_zsh, as: UTF8.self)))\n"
    case .fish: String(decoding: PackageResources.unhook_fish, as: UTF8.self)
    case .posix, .powershell: ""
    }
  }

  // The files are valid shell code as they are, so that the shells and shellcheck can read them:
  // each constant is a quoted word that is replaced, quotes and all.
  private func filled(_ resource: [UInt8]) -> String {
    var text = String(decoding: resource, as: UTF8.self)
    for (name, value) in [
      ("'@ATMOS_AUTH@'", executable), ("'@ATMOS_AUTH_HOOK@'", hookExecutable),
      ("'@PROMPT@'", hasPrompt ? "1" : ""), ("'@SWITCH@'", hasSwitch ? "1" : ""),
      ("'@WRAPS@'", wraps.joined(separator: " ")),
    ] {
      guard let range = text.firstRange(of: name) else { continue }
      text.replaceSubrange(range, with: quoted(value))
    }
    return text
  }

  // At each block and call that fish begins, it counts the lines from the start of the source, so a
  // function far down in a long file is slow: a sixth of a whole change of identity. Therefore each
  // function of the file becomes a source of its own.
  private func functionsApart(_ text: String) -> String {
    var result: [Substring] = []
    var function: [Substring] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if !function.isEmpty || line.hasPrefix("    function ") {
        function.append(line)
        guard line == "    end" else { continue }
        result.append("    eval \(quoted(function.joined(separator: "\n")))")
        function = []
      } else {
        result.append(line)
      }
    }
    return (result + function).joined(separator: "\n")
  }

  // Without quotes around it, the shell splits the text into words and joins them with blanks, so
  // that comments swallow the code. Then this is a blank.
  private static let lineBreak = "'\n'"

  private func complaint(_ word: String) -> String {
    let text = "atmos-auth: the hook is not loaded; it needs quotes: eval \(word)"
    return "\(shell == .fish ? "" : "\\builtin ")printf '%s\\n' \(quoted(text)) >&2"
  }

  private func quoted(_ text: String) -> String { ShellQuoting.quote(text, for: shell) }
}
