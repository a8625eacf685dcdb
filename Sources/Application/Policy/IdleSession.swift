import AuthConfiguration
import Core
import Sessions

/// When the session of a protected identity was last used, for `idle`.
struct IdleSession {
  private let name: String
  private let limit: Int64
  private let directory: String

  /// What is known of an identity's use; `nil` for one whose sessions do not end by it.
  init?(_ record: IdentityRecord, realm: String, _ paths: StatePaths) {
    guard record.isProtected, let limit = record.idle, limit > 0 else { return nil }
    name = record.name
    self.limit = limit
    directory = "\(Self.root(paths))/\(FileName.encode("\(realm) \(name.lowercased())"))"
  }

  private static func root(_ paths: StatePaths) -> String { "\(paths.state)/used" }

  /// Whether any identity has been used whose sessions may end by it.
  static func isAny(_ paths: StatePaths) -> Bool { FileSystem.exists(root(paths)) }

  /// Why its session has ended; `nil` while it is in use, or never was.
  func end(at now: Instant) -> String? {
    guard let bytes = FileSystem.readOwn("\(directory)/last", limit: 64),
      let last = Int64(String(decoding: bytes, as: UTF8.self).trimmed)
    else { return nil }
    let used = Instant(secondsSince1970: last)
    let age = used.seconds(until: now)
    guard age > limit || used.isAhead(of: now), !isInUse(at: now) else { return nil }
    return age > limit
      ? "`\(name)` was not used for \(DurationText.text(age)), so its session has ended"
      : "the clock was set back since `\(name)` was used, so its session has ended"
  }

  // A program that was started with it uses it for as long as it runs. One on another machine with
  // the same home is not seen, and renews its session there.
  private func isInUse(at now: Instant) -> Bool {
    var isAny = false
    for name in ((try? FileSystem.list(directory)) ?? nil) ?? [] {
      let parts = name.split(separator: "-", maxSplits: 1)
      guard parts.count == 2, let process = ProcessMark(parts[0], parts[1]) else { continue }
      let path = "\(directory)/\(name)"
      if process.isRunning {
        isAny = true
      } else if process.isOver(since: path, now: now) {
        _ = try? FileSystem.remove(path)
      }
    }
    return isAny
  }

  /// Notes that it is used, by a program that goes on if `process` says which.
  func note(at now: Instant, process: Int32? = nil) {
    // Where nothing can be written, no session is kept either.
    try? FileSystem.writeAtomically(
      "\(directory)/last", Array("\(now.secondsSince1970)\n".utf8), isDurable: false)
    guard let process else { return }
    let mark = ProcessMark(process)
    try? FileSystem.writeAtomically(
      "\(directory)/\(mark.number)-\(mark.start)", [UInt8](), isDurable: false)
  }

  /// The error for a session that has ended, for a reason of ``end(at:)``.
  func ended(_ reason: String, _ options: [String]) -> AuthError {
    AuthError(
      .loginRequired, reason,
      hints: [
        "`\(ShellQuoting.typed(command: ["atmos-auth", "login", name] + options))`",
        "`idle: \(DurationText.text(limit))` of its definition says so",
      ])
  }
}

extension CommandContext {
  /// Ends the session of who acts when it was not used for longer than its definition allows, and
  /// notes that it is used otherwise.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` if it has ended.
  func endIfUnused(_ who: Resolution) async throws(AuthError) {
    guard let idle = try idleSession(of: who) else { return }
    guard let reason = idle.end(at: now) else {
      idle.note(at: now)
      return
    }
    _ = try await sessionStore(in: who.configuration).remove(
      realm: try who.configuration.catalog().realm, identity: who.record.name)
    throw idle.ended(reason, options)
  }

  /// Why the next command that uses the session of who acts will end it; `nil` if it will not.
  func idleEnd(of who: Resolution) throws(AuthError) -> String? {
    try idleSession(of: who)?.end(at: now)
  }

  // Nearly always nothing says so. The session of a command ends with it.
  private func idleSession(of who: Resolution) throws(AuthError) -> IdleSession? {
    guard who.record.idle != nil,
      let idle = IdleSession(
        who.record, realm: try who.configuration.catalog().realm, paths),
      try commandSession(of: who) == nil
    else { return nil }
    return idle
  }

  /// Notes that who acts is used from now on: after a login, or by a program that begins.
  func noteUse(of who: Resolution, process: Int32? = nil) throws(AuthError) {
    guard who.record.idle != nil else { return }
    IdleSession(who.record, realm: try who.configuration.catalog().realm, paths)?
      .note(at: now, process: process)
  }
}
