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
  var paths: StatePaths
  var home: String?
  var environment: [String: String]

  func mayRun(_ expressions: [String], in file: String) -> Bool {
    if isOwnConfiguration(file) { return true }
    let allowed = Self.allowed(in: file, paths)
    return expressions.allSatisfy(allowed.contains)
  }

  func run(_ command: String, in directory: String) throws(AuthError) -> String {
    try CommandOutput.of(command, directory: directory, environment: environment)
  }

  /// Records that the commands of `file` may run from now on.
  static func allow(
    _ expressions: [String], in file: String, _ paths: StatePaths
  ) throws(AuthError) {
    guard let path = path(for: file, paths) else { return }
    let all = allowed(in: file, paths).union(expressions)
    let lines = ([file] + all.sorted()).map { Percent.encode($0) + "\n" }
    try FileSystem.writeAtomically(path, lines.joined().utf8)
  }

  /// The commands that a person let `file` run, empty when it is another file of that name.
  private static func allowed(in file: String, _ paths: StatePaths) -> Set<String> {
    guard let path = path(for: file, paths),
      let stored = try? FileSystem.readFile(path, limit: 1 << 20)
    else { return [] }
    let lines = stored.split(separator: UInt8(ascii: "\n")).compactMap { Percent.decode($0) }
    return lines.first == file ? Set(lines.dropFirst()) : []
  }

  private func isOwnConfiguration(_ file: String) -> Bool {
    var own = ["/usr/local/etc/atmos/", "/etc/atmos/", paths.config + "/"]
    if let home, !home.isEmpty { own.append("\(home)/.atmos/") }
    return own.contains { file.hasPrefix($0) }
  }

  private static func path(for file: String, _ paths: StatePaths) -> String? {
    guard let stamp = FileSystem.stamp(FileSystem.parent(of: file)) else { return nil }
    let name = Hash.hex(Hash.fnv1a(file.utf8))
    return "\(paths.trustDirectory)/\(stamp.device)-\(stamp.inode)-\(name).commands"
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
  /// Lets the `!exec` commands that `identity` rests on run from now on, after showing them.
  func trustCommands(
    of identity: String, _ content: IdentityFile, in file: DirectoryFile
  ) throws(AuthError) {
    let there = resolving(content, from: file.directory)
    let asked = Mutex<[String: [String]]>([:])
    let asking = CommandAccess(
      isTrusted: { file, expressions in
        asked.withLock { $0[file] = expressions }
        return false
      },
      run: { _, _ throws(AuthError) in "" })
    // It fails at the first command that may not run; which those are is all that is wanted.
    _ = try? there.configuration().chain(for: identity, kinds: Self.kinds, commands: asking)
    // The grant covers the keyring, too.
    let keyring = KeyringSettings.Command.byFile(try there.readableCatalog().keyring.commands)
    asked.withLock { asked in
      for (file, expressions) in keyring where !there.commandAccess.isTrusted(file, expressions) {
        asked[file, default: []] += expressions
      }
    }
    for (file, expressions) in asked.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
      for expression in expressions { say("  runs \(expression)   (\(file))") }
      try CommandTrust.allow(expressions, in: file, paths)
    }
  }
}
