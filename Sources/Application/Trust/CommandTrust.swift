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
  private let request: ConfigurationRequest
  /// What commands see.
  private let environment: [String: String]
  /// Commands that a person is just allowing, by file.
  private let beingAllowed: [ByteText: Set<ByteText>]

  init(
    _ request: ConfigurationRequest, environment: [String: String],
    beingAllowed: [ByteText: Set<ByteText>] = [:]
  ) {
    self.request = request
    self.environment = environment
    self.beingAllowed = beingAllowed
  }

  func mayRun(_ expressions: [String], in file: String) -> Bool {
    if isOwnConfiguration(file) { return true }
    let stored = AllowedCommands(of: file, request.paths)?.expressions ?? []
    let allowed = stored.union(beingAllowed[ByteText(file)] ?? [])
    return expressions.allSatisfy { allowed.contains(ByteText($0)) }
  }

  package func run(_ command: String, in directory: String) throws(AuthError) -> String {
    try CommandOutput.of(command, directory: directory, environment: environment)
  }

  /// Whether a file is the person's or the system's, whose commands need no allowing.
  func isOwnConfiguration(_ file: String) -> Bool { request.isOwn(file) }
}

extension CommandTrust {
  /// The same, as the configuration's loader asks for it.
  var access: CommandAccess {
    CommandAccess(
      isTrusted: { mayRun($1, in: $0) },
      run: { command, directory throws(AuthError) in try run(command, in: directory) })
  }
}

/// Commands of one file that a person has to allow.
struct AllowableCommands {
  var file: String
  var expressions: [String]
}

extension CommandContext {
  /// The commands that `identity` rests on in `configuration` and that have to be allowed, by file,
  /// whether another directory's grant lets them run already or not.
  func commandsToAllow(
    of identity: String, in configuration: Configuration
  ) throws(AuthError) -> [AllowableCommands] {
    let asked = Mutex<[String: [String]]>([:])
    let trust = configuration.commandTrust
    let asking = CommandAccess(
      isTrusted: { file, expressions in
        asked.withLock { asked in
          let known = Set((asked[file] ?? []).map(ByteText.init))
          asked[file, default: []] += expressions.filter { !known.contains(ByteText($0)) }
        }
        return false
      },
      run: { _, _ throws(AuthError) in "" })
    // It fails at the first command that may not run; which those are is all that is wanted.
    let full = try configuration.full()
    _ = try? full.chain(for: identity, kinds: kinds, commands: asking)
    _ = try? full.environment(for: identity, commands: asking)
    // The grant covers the keyring, too.
    let keyring = KeyringSettings.Command.byFile(
      try configuration.readableCatalog(mayBeMissing: true).keyring.commands)
    asked.withLock { asked in
      for (file, expressions) in keyring { asked[file, default: []] += expressions }
    }
    return asked.withLock { $0 }.filter { !trust.isOwnConfiguration($0.key) }
      .sorted { $0.key < $1.key }
      .map { AllowableCommands(file: $0.key, expressions: $0.value) }
  }

  /// Shows commands that are about to be allowed.
  func show(_ commands: [AllowableCommands]) {
    for part in commands {
      for expression in part.expressions { say("  runs \(expression)   (\(part.file))") }
    }
  }

  /// Lets commands run from now on, for as long as the grant of `directory` holds; under the lock.
  func store(_ commands: [AllowableCommands], for directory: String) throws(AuthError) {
    for part in commands {
      var allowed = AllowedCommands(of: part.file, paths)
      allowed?.insert(part.expressions, for: directory)
      try allowed?.store()
    }
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

extension CommandContext {
  /// Forgets the commands that were allowed for one directory.
  ///
  /// - Returns: Whether there were any.
  @discardableResult
  func forgetCommands(of directory: String) throws(AuthError) -> Bool {
    try forgetCommands { ByteText($0) == ByteText(directory) }
  }
}
