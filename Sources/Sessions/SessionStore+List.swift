public import Core

/// A session file, as far as it is known without opening it.
public struct StoredSession: Sendable, Equatable {
  /// The identity's name; the original case where the facts beside the session have it.
  public var identity: String
  /// What prompts know about it.
  public var facts: Facts?
}

extension SessionStore {
  /// The realms that have sessions or had some, sorted; the realm without a name is empty text.
  ///
  /// - Throws: ``AuthError`` with code `system` if the directory cannot be read.
  public func realms() throws(AuthError) -> [String] { try Self.realms(paths) }

  private static func realms(_ paths: StatePaths) throws(AuthError) -> [String] {
    let names = try FileSystem.list("\(paths.state)/sessions") ?? []
    return names.compactMap { $0 == "_" ? "" : Percent.decode($0.utf8) }.filter { realm in
      FileSystem.isDirectory(paths.sessionDirectory(realm: realm))
    }
  }

  /// The sessions of a realm that are there to be ended, by name; expired ones are among them.
  ///
  /// - Throws: ``AuthError`` with code `system` if the directory cannot be read.
  public func list(realm: String) throws(AuthError) -> [StoredSession] {
    let directory = paths.sessionDirectory(realm: realm)
    var sessions: [StoredSession] = []
    for file in try FileSystem.list(directory) ?? [] {
      guard let stem = Self.stem(file, ".session") else { continue }
      let facts = Facts.read("\(directory)/\(stem).facts")
      // The facts of a name that was cut for the file have it whole.
      guard let name = facts?.identity ?? Percent.decode(stem.utf8),
        FileName.encode(name.lowercased()) == stem
      else { continue }
      sessions.append(StoredSession(identity: name, facts: facts))
    }
    return sessions
  }

  /// Removes what nobody misses: sessions that ended a week ago or earlier.
  ///
  /// A session that renews itself may hold what does so (a refresh token), so it goes only when
  /// three months have passed, the longest that the registration behind such a token lasts. One that
  /// is being refreshed stays.
  ///
  /// - Returns: How many sessions went.
  /// - Throws: ``AuthError`` with code `system` if one cannot be removed.
  @discardableResult
  public static func prune(
    _ paths: StatePaths, now: Instant
  ) throws(AuthError) -> Int {
    var count = 0
    try FileLock.withLock(paths.generationPath + ".lock") { () throws(AuthError) in
      for realm in try realms(paths) {
        let directory = paths.sessionDirectory(realm: realm)
        for file in try FileSystem.list(directory) ?? [] {
          guard let stem = Self.stem(file, ".session") else { continue }
          if try removeIfLongOver("\(directory)/\(stem)", now) { count += 1 }
        }
      }
    }
    return count
  }

  private static func removeIfLongOver(_ path: String, _ now: Instant) throws(AuthError) -> Bool {
    guard isLongOver(path, now) else { return false }
    // Whoever refreshes it writes the session first and the facts after; until then the facts are
    // those of the session before.
    guard let lock = try FileLock.attempt(path + ".lock") else { return false }
    defer { lock.keep() }
    guard isLongOver(path, now) else { return false }
    return try FileSystem.remove(path + ".session")
  }

  private static func isLongOver(_ path: String, _ now: Instant) -> Bool {
    guard let facts = Facts.read(path + ".facts"), let expiresAt = facts.expiresAt else {
      return false
    }
    let days: Int64 = now < facts.renewableUntil ? 92 : 7
    return expiresAt < now.advanced(bySeconds: -days * 86_400)
  }

  private static func stem(_ file: String, _ ending: String) -> String? {
    guard file.hasSuffix(ending), !file.hasPrefix(".") else { return nil }
    return String(file.dropLast(ending.count))
  }
}
