import AuthConfiguration
import CShims
import Core
import Synchronization

/// Which `!exec` commands of configuration files may run, and how they are run.
///
/// Files under the person's own configuration directories and the system's are theirs to write, so
/// they are trusted; a project's file is not until `atmos-auth allow` said so for its directory,
/// and for exactly the commands that were shown then.
struct CommandTrust: Sendable {
  package var paths: StatePaths
  package var home: String?
  package var environment: [String: String]

  func mayRun(_ expressions: [String], in file: String) -> Bool {
    if isOwnConfiguration(file) { return true }
    let allowed = AllowedCommands(of: file, paths)?.expressions ?? []
    return expressions.allSatisfy(allowed.contains)
  }

  package func run(_ command: String, in directory: String) throws(AuthError) -> String {
    try CommandOutput.of(command, directory: directory, environment: environment)
  }

  private func isOwnConfiguration(_ file: String) -> Bool {
    var own = ["/usr/local/etc/atmos/", "/etc/atmos/", paths.config + "/"]
    if let home, !home.isEmpty { own.append("\(home)/.atmos/") }
    return own.contains { file.hasPrefix($0) }
  }
}

extension CommandTrust {
  /// The same, as the configuration's loader asks for it.
  var access: CommandAccess {
    CommandAccess(
      isTrusted: { mayRun($1, in: $0) },
      run: { command, directory throws(AuthError) in try run(command, in: directory) })
  }
}

extension CommandContext {
  /// Lets the commands that `identity` rests on in `configuration` run from now on,
  /// after showing them; for as long as the grant of `directory` holds.
  ///
  /// - Returns: How many there are.
  @discardableResult
  func trustCommands(
    of identity: String, in configuration: Configuration, for directory: String
  ) throws(AuthError) -> Int {
    let asked = Mutex<[String: [String]]>([:])
    let asking = CommandAccess(
      isTrusted: { file, expressions in
        asked.withLock { $0[file] = expressions }
        return false
      },
      run: { _, _ throws(AuthError) in "" })
    // It fails at the first command that may not run; which those are is all that is wanted.
    _ = try? configuration.full().chain(for: identity, kinds: kinds, commands: asking)
    // The grant covers the keyring, too.
    let keyring = KeyringSettings.Command.byFile(
      try configuration.readableCatalog(mayBeMissing: true).keyring.commands)
    let access = configuration.commandAccess
    asked.withLock { asked in
      for (file, expressions) in keyring where !access.isTrusted(file, expressions) {
        asked[file, default: []] += expressions
      }
    }
    let commands = asked.withLock { $0 }.sorted { $0.key < $1.key }
    for (file, expressions) in commands {
      for expression in expressions { say("  runs \(expression)   (\(file))") }
      var allowed = AllowedCommands(of: file, paths)
      allowed?.insert(expressions, for: directory)
      try allowed?.store()
    }
    return commands.reduce(0) { $0 + $1.value.count }
  }

  /// Forgets the commands that were allowed for directories.
  ///
  /// - Returns: Whether there were any.
  @discardableResult
  func forgetCommands(
    where isMeant: (_ directory: String) -> Bool
  ) throws(AuthError) -> Bool {
    var found = false
    for var commands in try AllowedCommands.all(paths) {
      if try commands.remove(where: isMeant) { found = true }
    }
    return found
  }
}
