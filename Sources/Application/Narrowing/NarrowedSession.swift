import AuthConfiguration
package import Core
package import Model
package import Sessions

/// A session of an identity that may do less than the identity: what `exec --policy` and its like hand
/// out, `narrowed/KEY` in the state directory.
///
/// The profile that a program is given has the key alone, and no words that it could change. docs/robots.md
/// says what that is worth.
package struct NarrowedSession: Sendable, Equatable {
  /// What it may do less.
  package var narrowing: SessionNarrowing
  /// The identity's name.
  package var identity: String
  /// The digest of its policy in JSON, from which no hot command makes it again.
  package var policyDigest: String?
  /// Where the session is remembered.
  package var place: SessionPlace

  private static let magic = "atmos-auth-narrowed 1"

  /// The variable that tells our commands that they were started with less; its value is the key.
  package static let variable = "ATMOS_AUTH_NARROWED"

  /// What it is called: part of the digest of all that it does.
  package var key: String { String(place.digest.prefix(32)) }

  /// What narrows it, as the audit log has it.
  package var policies: [String] {
    (narrowing.isReadOnly ? ["read-only"] : []) + narrowing.policyNames
      + (policyDigest.map { ["sha256:\($0)"] } ?? [])
  }

  private static func path(_ paths: StatePaths, _ key: String) -> String? {
    guard key.utf8.count == 32, key.utf8.allSatisfy({ Hex.value($0) != nil }) else { return nil }
    return "\(paths.state)/narrowed/\(key)"
  }

  /// Stores it.
  ///
  /// - Throws: ``AuthError`` with code `system`.
  func write(_ paths: StatePaths) throws(AuthError) {
    var fields = [
      ("identity", identity), ("realm", place.realm), ("name", place.name),
      ("digest", place.digest),
    ]
    if let policy = narrowing.policy { fields.append(("policy", policy)) }
    if let policyDigest { fields.append(("policy-sha256", policyDigest)) }
    fields += narrowing.policyNames.map { ("policy-name", $0) }
    if narrowing.isReadOnly { fields.append(("read-only", "1")) }
    if let duration = narrowing.duration { fields.append(("duration", String(duration))) }
    let lines = fields.map { "\($0.0)\t\(Percent.encode($0.1))\n" }.joined()
    guard let path = Self.path(paths, key) else { return }
    try FileSystem.writeAtomically(path, "\(Self.magic)\n\(lines)".utf8)
  }

  /// The one with a key; `nil` if there is none that only this person can have written.
  package init?(_ key: String, _ paths: StatePaths) {
    guard let path = Self.path(paths, key),
      let bytes = FileSystem.readOwn(path, limit: 1 << 16)
    else { return nil }
    var lines = Fields(bytes[...], separator: UInt8(ascii: "\n"))
    guard lines.next().map({ $0.elementsEqual(Self.magic.utf8) }) == true else { return nil }
    self.init(
      narrowing: SessionNarrowing(), identity: "",
      place: SessionPlace(realm: "", name: "", digest: ""))
    while let line = lines.next(), !line.isEmpty {
      var fields = Fields(line, separator: UInt8(ascii: "\t"))
      guard let word = fields.nextText(), let value = fields.nextText(), fields.isAtEnd else {
        return nil
      }
      switch word {
      case "identity": identity = value
      case "realm": place.realm = value
      case "name": place.name = value
      case "digest": place.digest = value
      case "policy": narrowing.policy = value
      case "policy-sha256": policyDigest = value
      case "policy-name": narrowing.policyNames.append(value)
      case "read-only": narrowing.isReadOnly = true
      case "duration":
        guard let seconds = Int64(value) else { return nil }
        narrowing.duration = seconds
      default: return nil
      }
    }
    guard self.key == key, !identity.isEmpty else { return nil }
  }

  private init(narrowing: SessionNarrowing, identity: String, place: SessionPlace) {
    self.narrowing = narrowing
    self.identity = identity
    self.place = place
  }

  /// The one of a chain that is narrowed already.
  init(of chain: Chain, _ narrowing: SessionNarrowing) {
    self.init(
      narrowing: narrowing, identity: chain.target.name,
      place: chain.sessionPlace(of: chain.links.count - 1))
    policyDigest = narrowing.policyDigest
  }
}

extension CommandContext {
  /// Who acts, with less: what is handed out for them from now on is narrowed.
  ///
  /// - Throws: ``AuthError``: `refused` where that cannot be, `loginRequired` for what is not allowed.
  func narrowed(
    _ who: Resolution, by narrowing: SessionNarrowing
  ) async throws(AuthError) -> Resolution {
    try await approve(who)
    let chain = try who.configuration.chain(for: who.record.name).narrowed(by: narrowing)
    let session = NarrowedSession(of: chain, narrowing)
    try session.write(paths)
    var who = who
    who.narrowed = session
    return who
  }

  /// Who acts, with less where this process belongs to a program that was started with less.
  func asStarted(_ who: Resolution) -> Resolution {
    guard let key = surroundings.environment[NarrowedSession.variable], !key.isEmpty else {
      return who
    }
    return (try? narrowed(who, key: key)) ?? who
  }

  /// The one that a program was handed.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` if it is not known, or of another identity.
  func narrowed(_ who: Resolution, key: String) throws(AuthError) -> Resolution {
    guard let session = NarrowedSession(key, paths),
      ByteText(session.identity) == ByteText(who.record.name)
    else {
      throw AuthError(
        .loginRequired, "this narrowed session of `\(who.record.name)` is not known",
        hints: ["start the program again with `atmos-auth exec`"])
    }
    var who = who
    who.narrowed = session
    return who
  }
}
