import AuthConfiguration
import Core
import Sessions

/// When the session of a protected identity was last used, for `idle`.
struct IdleSession {
  private let name: String
  private let limit: Int64
  private let directory: String

  /// What is known of an identity's use; `nil` for one whose sessions do not end by it.
  init?(_ who: Resolution, realm: String, _ paths: StatePaths) {
    guard who.record.isProtected, let limit = who.record.idle, limit > 0 else { return nil }
    name = who.record.name
    self.limit = limit
    directory = "\(paths.state)/used/\(FileName.encode("\(realm) \(name.lowercased())"))"
  }

  /// How long it was not used, in seconds; `nil` while it is in use, or never was.
  func unused(at now: Instant) -> Int64? {
    guard let bytes = FileSystem.readOwn("\(directory)/last", limit: 64),
      let last = Int64(String(decoding: bytes, as: UTF8.self).trimmed)
    else { return nil }
    let age = Instant(secondsSince1970: last).seconds(until: now)
    return age > limit && !isInUse ? age : nil
  }

  // A program that was started with it uses it for as long as it runs.
  private var isInUse: Bool {
    var isAny = false
    for name in ((try? FileSystem.list(directory)) ?? nil) ?? [] {
      let parts = name.split(separator: "-", maxSplits: 1)
      guard parts.count == 2, let process = ProcessMark(parts[0], parts[1]) else { continue }
      if process.isAlive {
        isAny = true
      } else {
        _ = try? FileSystem.remove("\(directory)/\(name)")
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

  /// The error for a session that was not used for so many seconds.
  func ended(after seconds: Int64, _ options: [String]) -> AuthError {
    AuthError(
      .loginRequired,
      "`\(name)` was not used for \(DurationText.text(seconds)), so its session has ended",
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
    // Nearly always nothing says so.
    guard who.record.idle != nil else { return }
    let realm = try who.configuration.catalog().realm
    guard let idle = IdleSession(who, realm: realm, paths), try commandSession(of: who) == nil
    else { return }
    guard let seconds = idle.unused(at: now) else {
      idle.note(at: now)
      return
    }
    _ = try await sessionStore(in: who.configuration).remove(
      realm: realm, identity: who.record.name)
    throw idle.ended(after: seconds, options)
  }

  /// Notes that who acts is used from now on: after a login, or by a program that begins.
  func noteUse(of who: Resolution, process: Int32? = nil) throws(AuthError) {
    guard who.record.idle != nil else { return }
    IdleSession(who, realm: try who.configuration.catalog().realm, paths)?
      .note(at: now, process: process)
  }
}
