/// A number that changes with every decision about trust.
///
/// It is in a file of one line, `atmos-auth-generation <number>`, that shells read where a
/// directory asks for an identity which it may not have.
public enum Generation {
  /// The present number, 0 if nothing was ever decided.
  public static func current(_ paths: StatePaths) -> UInt64 {
    guard let bytes = try? FileSystem.readFile(paths.generationPath, limit: 128) else { return 0 }
    let end = bytes.firstIndex(of: UInt8(ascii: "\n")) ?? bytes.endIndex
    var fields = Fields(bytes[..<end], separator: UInt8(ascii: " "))
    guard fields.next() != nil else { return 0 }
    return fields.nextUnsigned() ?? 0
  }

  /// The file's line for a number, without its newline; empty for 0, when there is no file.
  public static func line(_ number: UInt64) -> String {
    number == 0 ? "" : "atmos-auth-generation \(number)"
  }

  /// Makes shells in directories look again at their grants: those where nobody is
  /// active, and those where one of `identities` is, whose facts get the new number.
  ///
  /// An identity without facts gets some that say there is no session, for a shell to watch.
  ///
  /// - Throws: ``AuthError`` with code `system`.
  public static func advance(
    _ paths: StatePaths, identities: [(realm: String, name: String)] = []
  ) throws(AuthError) {
    try FileLock.withLock(paths.generationPath + ".lock") { () throws(AuthError) in
      let next = current(paths) &+ 1
      for identity in identities {
        // Whoever holds the identity's lock is about to write new facts, which does as well.
        let lock = try FileLock.attempt(
          paths.lockPath(realm: identity.realm, identity: identity.name))
        if lock == nil { continue }
        let path = paths.factsPath(realm: identity.realm, identity: identity.name)
        var facts =
          Facts.read(path)
          ?? Facts(
            generation: next, expiresAt: nil, renewableUntil: Instant(secondsSince1970: 0),
            state: .ended, account: nil, region: nil, identity: identity.name)
        facts.generation = next
        try facts.write(path)
      }
      try FileSystem.writeAtomically(
        paths.generationPath, (line(next) + "\n").utf8)
    }
  }
}
