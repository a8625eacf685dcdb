import AuthConfiguration
package import Core

/// Who a shell is to act as after a REPL that was started in it: what the hook's function asks for
/// when the REPL has ended.
///
/// It goes through a file and not through the REPL's output, since a shell that reads that output
/// would have to wait in the terminal's foreground itself, and Ctrl-C would end it. Names and paths
/// only; the file is gone once it was read.
package struct KeptIdentity {
  private let path: String

  /// The one for the shell with a process number; `nil` if that is none.
  package init?(shell: String, paths: StatePaths) {
    guard let number = Int32(shell), number > 0 else { return nil }
    path = "\(paths.state)/kept/\(number)"
  }

  /// Forgets what an earlier shell of the same number left.
  package func clear() throws(AuthError) { try FileSystem.remove(path) }

  /// Writes down a choice and the options of its configuration.
  package func write(_ choice: IdentityChoice, _ flags: ConfigurationFlags) throws(AuthError) {
    let word =
      switch choice {
      case .named(let name): "use \(name)"
      case .nobody: "none"
      case .unstated, .ask: "auto"
      }
    let lines = [word] + flags.arguments
    try FileSystem.writeAtomically(
      path, Array(lines.map { Percent.encode($0) + "\n" }.joined().utf8))
  }

  /// What was written down, as a request for `shell`; `nil` if nothing was.
  package func take(for shell: ShellKind) throws(AuthError) -> (UseRequest, ConfigurationFlags)? {
    guard let bytes = try FileSystem.readFile(path, limit: 1 << 16) else { return nil }
    try clear()
    var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .compactMap { Percent.decode($0.utf8) }[...]
    guard let word = lines.popFirst() else { return nil }
    var flags = ConfigurationFlags()
    while let name = lines.popFirst(), let value = lines.popFirst() {
      _ = flags.take(name, value)
    }
    var request = UseRequest(shell: shell)
    switch word {
    case "auto": request.isAuto = true
    case "none": request.name = "none"
    default: request.name = String(word.dropFirst("use ".count))
    }
    return (request, flags)
  }
}
