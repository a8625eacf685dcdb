public import Core

/// A session file, as far as it can be told without opening it.
public struct StoredSession: Sendable, Equatable {
  /// The identity's name; the original case where the facts beside the session tell it.
  public var identity: String
  /// What prompts know about it.
  public var facts: Facts?
}

extension SessionStore {
  /// The realms that have sessions or had some, sorted; the realm without a name is empty text.
  ///
  /// - Throws: ``AuthError`` with code `system` if the directory cannot be read.
  public func realms() throws(AuthError) -> [String] {
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
      // The facts of a name that was cut for the file tell it whole.
      guard let name = facts?.identity ?? Percent.decode(stem.utf8),
        FileName.encode(name.lowercased()) == stem
      else { continue }
      sessions.append(StoredSession(identity: name, facts: facts))
    }
    return sessions
  }

  /// Removes what nobody misses: sessions that ended a week ago or earlier, and files that killed
  /// processes left half-written an hour ago or earlier.
  ///
  /// - Returns: How many files went.
  /// - Throws: ``AuthError`` with code `system` if one cannot be removed.
  @discardableResult
  public func prune(now: Instant) throws(AuthError) -> Int {
    var count = 0
    // Facts get their times before their names, and ended ones have old times; nobody writes any
    // while this lock is held.
    try FileLock.withLock(paths.generationPath + ".lock") { () throws(AuthError) in
      for realm in try realms() {
        let directory = paths.sessionDirectory(realm: realm)
        for file in try FileSystem.list(directory) ?? [] {
          let path = "\(directory)/\(file)"
          if Self.isLeftOver(path, file: file, now: now) || Self.isLongOver(path, file, now) {
            if try FileSystem.remove(path) { count += 1 }
          }
        }
      }
    }
    return count
  }

  private static func isLeftOver(_ path: String, file: String, now: Instant) -> Bool {
    guard file.hasPrefix("."), file.hasSuffix(".tmp"), let stamp = FileSystem.stamp(path) else {
      return false
    }
    return stamp.modified / 1_000_000_000 < now.advanced(bySeconds: -3600).secondsSince1970
  }

  private static func isLongOver(_ path: String, _ file: String, _ now: Instant) -> Bool {
    guard stem(file, ".session") != nil,
      let facts = Facts.read(path.dropLast(".session".count) + ".facts"),
      let expiresAt = facts.expiresAt
    else { return false }
    return expiresAt < now.advanced(bySeconds: -7 * 86_400)
  }

  private static func stem(_ file: String, _ ending: String) -> String? {
    guard file.hasSuffix(ending), !file.hasPrefix(".") else { return nil }
    return String(file.dropLast(ending.count))
  }
}
