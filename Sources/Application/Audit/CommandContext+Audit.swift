import Audit
import AuthConfiguration
import CLibrary
package import Core
import Logging
package import Model
import Sessions
import Terminal

extension CommandContext {
  /// Writes a hand-out down, before it is made.
  ///
  /// - Returns: The number of the line; `nil` if there is none, which the person's configuration
  ///   allows.
  /// - Throws: ``AuthError`` with code `system` if there has to be one and cannot be: then nothing may
  ///   be handed out.
  @discardableResult
  package func writeDown(
    _ handOut: HandOut, in configuration: Configuration
  ) async throws(AuthError) -> UInt64? {
    let settings = try configuration.catalog().audit
    guard settings.mode != .off else { return nil }
    return try await add(
      entry(handOut, realm: try configuration.catalog().realm), settings, in: configuration)
  }

  /// Writes down that a program is started as who was chosen, if that is anybody.
  @discardableResult
  package func writeDown(
    _ way: HandOut.Way, _ choice: ChosenIdentity, _ credential: Credential?, isStatic: Bool,
    to program: (name: String, path: String)
  ) async throws(AuthError) -> UInt64? {
    guard case .identity(let who) = choice else { return nil }
    var handOut = HandOut(
      way, isStatic ? .keys : .profile, of: who.record, credential, to: program)
    handOut.policies = who.narrowed?.policies ?? []
    return try await writeDown(handOut, in: who.configuration)
  }

  /// Writes down how a program ended that an earlier line is about.
  package func writeDownEnd(
    of line: UInt64?, status: Int32, in configuration: Configuration
  ) async {
    guard let line, let settings = try? configuration.catalog().audit else { return }
    var entry = AuditEntry(time: now, way: HandOut.Way.end.rawValue)
    (entry.exitStatus, entry.began, entry.process) = (status, line, surroundings.process)
    var later = settings
    // What was handed out is; the program's own status counts.
    later.mode = .bestEffort
    _ = try? await add(entry, later, in: configuration)
  }

  private func add(
    _ entry: AuditEntry, _ settings: AuditSettings, in configuration: Configuration
  ) async throws(AuthError) -> UInt64? {
    let isRequired = settings.mode == .required
    do throws(AuthError) {
      let log = auditLog(settings)
      let seed =
        log.mayBeginFile(at: now) ? await auditSeed(in: configuration, mayOpen: false) : nil
      let head = try log.append(entry, seed: seed, isDurable: isRequired)
      if settings.copiesHead {
        system.systemLog?.copy(head, about: Self.summary(entry), process: surroundings.process)
      }
      return head.sequence
    } catch {
      if isRequired {
        throw AuthError(
          error.code, "nothing is handed out, since the audit log cannot be written",
          hints: error.hints + ["`auth.audit` of your own configuration says `required`"],
          cause: error)
      }
      // Where nothing can be kept, sessions are not either.
      guard paths.canKeepState else { return nil }
      log.warning("the audit log cannot be written", metadata: ["why": "\(error.message)"])
      return nil
    }
  }

  /// Lines about an audit log that cannot be written; none where it can, or need not.
  func auditFaults() -> [String] {
    guard let settings = try? configuration.catalog().audit, settings.mode != .off,
      paths.canKeepState, let fault = auditLog(settings).obstacle()
    else { return [] }
    let meaning =
      settings.mode == .required
      ? "nothing is handed out until it can" : "what is handed out is not written down"
    return ["Warning: \(fault.message); \(meaning)"] + fault.hints.map { "  hint: \($0)" }
  }

  func auditLog(_ settings: AuditSettings) -> AuditLog {
    AuditLog(
      directory: paths.auditDirectory,
      rotation: AuditLog.Rotation(
        size: settings.size, age: settings.age, keep: settings.keep),
      randomBytes: system.randomBytes)
  }

  /// The key from the keyring that the log goes back to; `nil` where there is none.
  ///
  /// The keyring of a checkout is not the place for it.
  func auditSeed(in configuration: Configuration, mayOpen: Bool) async -> AuditSeed? {
    guard let catalog = try? configuration.catalog(),
      catalog.foreignFiles.isEmpty || catalog.keyring.isStandard,
      let store = try? sessionStore(in: configuration),
      let derived = try? await store.derivedKey(for: "audit log", mayOpen: mayOpen)
    else { return nil }
    return AuditSeed(id: derived.id, key: derived.key)
  }

  private func entry(_ handOut: HandOut, realm: String) -> AuditEntry {
    var entry = AuditEntry(time: now, way: handOut.way.rawValue)
    let (record, credential) = (handOut.record, handOut.credential)
    entry.identity = record?.name
    entry.realm = realm
    entry.chain = handOut.chain
    entry.policies = handOut.policies
    entry.account = credential?.account ?? record?.account
    entry.principal = credential?.principal ?? record?.principal
    if let credential {
      entry.session = registry.clouds.lazy.compactMap { $0.sessionName(credential) }.first
      // The code may have been given for a session before this one.
      entry.mfaAge = (credential.proof?.at).map { max(0, $0.seconds(until: now)) }
      entry.mfaDevice = credential.proof?.device
      entry.expiresAt = credential.expiresAt
    }
    if handOut.delivery != .none { entry.delivery = handOut.delivery.rawValue }
    let parent = getppid()
    entry.parent = parent
    entry.parentName = Self.processName(parent)
    if let program = handOut.program {
      entry.command = Self.lastPart(program.name)
      entry.program = program.path
    } else {
      entry.command = entry.parentName
    }
    entry.directory = directory
    entry.terminal = surroundings.terminal
    entry.process = surroundings.process
    entry.user = geteuid()
    entry.host = Self.hostName
    return entry
  }

  private static func lastPart(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return path }
    return String(path[path.index(after: slash)...])
  }

  /// The name of a process, as the system knows it: the program's, without arguments.
  ///
  /// Only Linux has it in a file.
  private static func processName(_ number: Int32) -> String? {
    guard let bytes = (try? FileSystem.readFile("/proc/\(number)/comm", limit: 4096)) ?? nil
    else { return nil }
    return String(decoding: bytes.last == 0x0a ? bytes.dropLast() : bytes[...], as: UTF8.self)
  }

  private static var hostName: String? {
    var name = [CChar](repeating: 0, count: 256)
    guard gethostname(&name, name.count - 1) == 0 else { return nil }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func summary(_ entry: AuditEntry) -> String {
    ["way=\(entry.way)"].appending("identity", entry.identity)
      .appending("account", entry.account).appending("command", entry.command)
      .text(joinedBy: " ")
  }
}

extension [String] {
  fileprivate func appending(_ name: String, _ value: String?) -> [String] {
    value.map { self + ["\(name)=\($0)"] } ?? self
  }
}
