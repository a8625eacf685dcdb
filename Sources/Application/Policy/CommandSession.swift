import AuthConfiguration
import Core
import Logging
import Model
import Sessions
import ToolCommands

/// What one command was asked for, and its sessions, held apart from those that shells and other
/// commands are given.
///
/// They lie in a directory of their own, sealed with a key that only that command's environment has,
/// and count as long as its process is there. Whatever asks for credentials inside the command finds
/// both by ``variable``; a shell beside it finds neither. A command for which only a name was typed has
/// no sessions of its own.
struct CommandSession {
  /// The variable that programs inside the command have.
  static let variable = "__ATMOS_AUTH_COMMAND"

  /// What was given for a command.
  enum Proof: String {
    /// A code, or a login in its place; the command has sessions of its own.
    case code
    /// The name of a protected identity.
    case name
  }

  /// What was asked about.
  struct Subject: Equatable {
    var realm: String
    /// All that the question was about, in lower case; the first one is who acts.
    var identities: [String]
    var commandClass: CommandClass
    var proof = Proof.code
  }

  /// What was asked about.
  let subject: Subject
  /// The process of the command.
  let process: ProcessMark
  /// Where they are.
  let store: SessionStore

  private let directory: String
  private let id: String
  private let key: Secret

  /// The value of ``variable``.
  var value: String { "\(id):" + key.withBytes { Hex.lowercase($0) } }

  /// Makes the sessions of a command that begins, without one yet.
  ///
  /// - Throws: ``AuthError`` with code `system` if nothing can be written.
  init(
    of subject: Subject, process: Int32, _ paths: StatePaths, _ system: System,
    notice: @escaping @Sendable (String) -> Void, log: Logger
  ) throws(AuthError) {
    self.subject = subject
    self.process = ProcessMark(process)
    id = Hex.lowercase(system.randomBytes(12))
    key = Secret(system.randomBytes(32))
    directory = "\(paths.commandsDirectory)/\(id)"
    store = Self.store(directory, key, paths, system, notice: notice, log: log)
    try FileSystem.writeAtomically("\(directory)/command", Array(record.utf8))
  }

  /// Finds the sessions of the command that this process is part of; `nil` if there is none, or it has
  /// ended.
  init?(
    _ value: String, _ paths: StatePaths, _ system: System,
    notice: @escaping @Sendable (String) -> Void, log: Logger
  ) {
    let parts = value.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0].count == 24, parts[1].utf8.count == 64,
      let key = Hex.bytes(of: Array(parts[1].utf8)[...]),
      Hex.bytes(of: Array(parts[0].utf8)[...]) != nil
    else { return nil }
    id = String(parts[0])
    self.key = Secret(key)
    directory = "\(paths.commandsDirectory)/\(id)"
    guard let record = Self.record(in: directory), record.process.isRunning else { return nil }
    (subject, process) = record
    store = Self.store(directory, self.key, paths, system, notice: notice, log: log)
  }

  private static func store(
    _ directory: String, _ key: Secret, _ paths: StatePaths, _ system: System,
    notice: @escaping @Sendable (String) -> Void, log: Logger
  ) -> SessionStore {
    var paths = paths
    paths.state = directory
    return SessionStore(
      paths: paths, keyring: CommandKeyring(key), randomBytes: system.randomBytes, notice: notice,
      log: log)
  }

  // MARK: The record

  // One line; docs/protocol.md has it.
  private var record: String {
    let texts = [subject.realm] + subject.identities
    return
      "atmos-auth-command 2 \(subject.commandClass.rawValue) \(process.number) \(process.start) "
      + "\(subject.proof.rawValue) \(texts.map(Percent.encode).joined(separator: " "))\n"
  }

  private static func record(
    in directory: String
  ) -> (subject: Subject, process: ProcessMark)? {
    guard let bytes = FileSystem.readOwn("\(directory)/command", limit: 4096) else { return nil }
    let fields = String(decoding: bytes, as: UTF8.self).dropLast()
      .split(separator: " ", omittingEmptySubsequences: false)
    guard fields.count >= 8, fields[0] == "atmos-auth-command", fields[1] == "2",
      let number = Int(fields[2]), let commandClass = CommandClass(rawValue: number),
      let process = ProcessMark(fields[3], fields[4]),
      let proof = Proof(rawValue: String(fields[5])),
      let realm = Percent.decode(fields[6].utf8)
    else { return nil }
    let identities = fields[7...].compactMap { Percent.decode($0.utf8) }
    return (
      Subject(
        realm: realm, identities: identities, commandClass: commandClass, proof: proof), process
    )
  }

  // MARK: The end

  /// Removes these sessions.
  func end() {
    _ = try? FileSystem.removeTree(directory)
  }

  /// Removes the sessions of commands that have ended, and of those that `isOver` says it of.
  ///
  /// What cannot be removed cannot be opened either: its key went with the command.
  @discardableResult
  static func removeEnded(
    _ paths: StatePaths, now: Instant, isOver: (Subject) -> Bool = { _ in false }
  ) -> Int {
    let names = (try? FileSystem.list(paths.commandsDirectory)) ?? []
    var count = 0
    for name in names where !name.hasPrefix(".") {
      let directory = "\(paths.commandsDirectory)/\(name)"
      if let record = record(in: directory),
        !record.process.isOver(since: "\(directory)/command", now: now), !isOver(record.subject)
      {
        continue
      }
      if (try? FileSystem.removeTree(directory)) == true { count += 1 }
    }
    return count
  }
}

extension CommandContext {
  /// The command that this process is part of, if it has sessions of its own for who acts.
  func commandSession(of who: Resolution) throws(AuthError) -> CommandSession? {
    try command(around: who, concerning: [who.record.name.lowercased()]) {
      $0.subject.proof == .code
    }
  }

  /// The command that this process is part of, if it was asked about who acts, and about all whom that
  /// one leads to.
  func commandAround(_ who: Resolution) throws(AuthError) -> CommandSession? {
    try command(around: who, concerning: who.concerned) { _ in true }
  }

  private func command(
    around who: Resolution, concerning names: [String], _ isMeant: (CommandSession) -> Bool
  ) throws(AuthError) -> CommandSession? {
    // Nearly always there is none, and then nothing is looked up.
    guard let value = surroundings.environment[CommandSession.variable] else { return nil }
    guard let session = CommandSession(value, paths, system, notice: notice, log: log),
      isMeant(session), names.allSatisfy(session.subject.identities.contains),
      session.subject.realm == (try who.configuration.catalog().realm)
    else { return nil }
    return session
  }
}
