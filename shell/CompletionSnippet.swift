public import Core

/// The code that completes `atmos-auth` in a shell: the files `completion.*`, with the program's
/// path filled in.
public enum CompletionSnippet {
  /// The code for `shell`, or `nil` when there is none.
  ///
  /// It runs `executable`; a bare name is looked up in PATH at each TAB, so that an installed script
  /// outlives an upgrade.
  public static func text(for shell: ShellKind, executable: String) -> String? {
    let bytes: [UInt8]
    switch shell {
    case .bash: bytes = PackageResources.completion_bash
    case .zsh: bytes = PackageResources.completion_zsh
    case .fish: bytes = PackageResources.completion_fish
    case .posix, .powershell: return nil
    }
    let placeholder = "'@ATMOS_AUTH@'"
    let text = String(decoding: bytes, as: UTF8.self)
    // The files are valid shell code as they are; the constant is a quoted word in them.
    guard let range = text.firstRange(of: placeholder) else { return text }
    var result = text
    result.replaceSubrange(range, with: ShellQuoting.quote(executable, for: shell))
    return result
  }
}
