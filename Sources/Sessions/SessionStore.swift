public import Core
internal import Crypto
internal import Locks
public import Logging
public import Model
internal import Synchronization

/// The credentials that are remembered between processes: one sealed file for each identity of a
/// realm, and beside it the plain facts that prompts show.
///
/// Of a keyring that ends with the process nothing could be opened again, so with one of those the
/// store remembers in memory only and writes no file.
public final class SessionStore: Sendable {
  /// The realm of logins that definitions of all realms share; no configuration can have one of
  /// that name.
  public static let sharedRealm = "@shared"

  /// Where the files are.
  public let paths: StatePaths

  private let keyring: any Keyring
  private let randomBytes: @Sendable (Int) -> [UInt8]
  private let notice: @Sendable (String) -> Void
  private let log: Logger
  private let key = Mutex<SessionKey?>(nil)
  // An object: the types of a map of these are looked up when a store goes, used or not.
  private let memory = Mutex<Memory?>(nil)

  private final class Memory {
    var sessions: [MemoryName: InMemory] = [:]
  }

  private struct InMemory {
    var digest: String
    var credential: Credential
    var facts: Facts
  }

  private struct MemoryName: Hashable {
    var realm: String
    var name: String
  }

  /// The largest session file that is read; role sessions with many tags have tokens of 10 KiB.
  private static let limit = 1 << 20

  /// Creates a store; nothing is read or written yet.
  public init(
    paths: StatePaths, keyring: any Keyring, randomBytes: @escaping @Sendable (Int) -> [UInt8],
    notice: @escaping @Sendable (String) -> Void, log: Logger = .silent
  ) {
    self.paths = paths
    self.keyring = keyring
    self.randomBytes = randomBytes
    self.notice = notice
    self.log = log
  }

  /// Creates a store that uses `effects`.
  public convenience init(paths: StatePaths, effects: Effects) {
    self.init(
      paths: paths, keyring: effects.keyring, randomBytes: effects.randomBytes,
      notice: effects.notice, log: effects.log)
  }

  /// The name that a link's session is stored under: identities' as they are, providers' with
  /// `provider:` in front, since a provider may have the name of an identity.
  public static func name(of link: Link) -> String {
    link.kind.section == .provider ? "provider:\(link.name)" : link.name
  }

  /// What the names begin with of sessions that may do less than those of `name`.
  public static func narrowedPrefix(_ name: String) -> String { "\(name) narrowed-" }

  /// Whether what is written can be read by another process.
  var isShared: Bool { keyring.isPersistent }

  /// The credential remembered for an identity, expired ones included.
  ///
  /// The keyring is touched only when there is a file to open. A file that is damaged, or of
  /// another release, counts as absent, with a notice; so does, in silence, one that was made for a
  /// chain that did other things, or sealed with the key of another keyring.
  ///
  /// `identity` is the name in any case, see ``name(of:)``; `digest` says what the chain has to be,
  /// see ``Model/Chain/sessionDigest(through:)``.
  ///
  /// - Returns: The credential, or `nil` if none is remembered.
  /// - Throws: ``AuthError`` when the keyring does not give the key.
  public func read(
    realm: String, identity: String, digest: String
  ) async throws(AuthError) -> Credential? {
    let name = identity.lowercased()
    guard isShared else {
      let entry = memory.withLock { $0?.sessions[MemoryName(realm: realm, name: name)] }
      return entry?.digest == digest ? entry?.credential : nil
    }
    let path = paths.sessionPath(realm: realm, identity: name)
    let file: [UInt8]
    do throws(AuthError) {
      guard let bytes = try FileSystem.readFile(path, limit: Self.limit) else { return nil }
      file = bytes
    } catch {
      notice("ignoring a session that cannot be read: \(error.message)")
      return nil
    }
    var outcome = SealedSession.objection(file, digest: digest)
    if outcome == nil {
      guard let key = try await storedKey() else { return nil }
      outcome = SealedSession.open(file, realm: realm, name: name, key: key)
    }
    switch outcome {
    case .credential(let credential): return credential
    case .notOurs, nil:
      log.debug(
        "a session is of another definition or another keyring's key",
        metadata: ["identity": "\(name)"])
      return nil
    case .unusable(let reason):
      notice("ignoring the session \(DisplayText.sanitized(path)): it \(reason)")
      return nil
    }
  }

  /// The credential remembered under a name, whatever chain it was made for; expired ones included.
  ///
  /// - Throws: ``AuthError`` when the keyring does not give the key.
  public func last(realm: String, identity: String) async throws(AuthError) -> Credential? {
    guard isShared else {
      return memory.withLock {
        $0?.sessions[MemoryName(realm: realm, name: identity.lowercased())]?.credential
      }
    }
    let path = paths.sessionPath(realm: realm, identity: identity)
    guard let file = try? FileSystem.readFile(path, limit: Self.limit),
      let digest = SealedSession.digest(of: file)
    else { return nil }
    return try await read(realm: realm, identity: identity, digest: digest)
  }

  /// Remembers a credential, replacing what was there, then says so in the facts.
  ///
  /// `identity` is the name in its original case, see ``name(of:)``; until `renewableUntil` it can
  /// be renewed without a person, ``Facts/always`` meaning for ever.
  ///
  /// - Throws: ``AuthError``; what was remembered before still is.
  public func write(
    _ credential: Credential, realm: String, identity: String, digest: String,
    renewableUntil: Instant
  ) async throws(AuthError) {
    let name = identity.lowercased()
    func facts(_ generation: UInt64) -> Facts {
      Facts(
        generation: generation, expiresAt: credential.expiresAt, renewableUntil: renewableUntil,
        state: .valid, account: credential.account, region: credential.region, identity: identity)
    }
    guard isShared else {
      memory.withLock {
        let memory = $0 ?? Memory()
        memory.sessions[MemoryName(realm: realm, name: name)] = InMemory(
          digest: digest, credential: credential, facts: facts(0))
        $0 = memory
      }
      return
    }
    let file = try SealedSession.seal(
      credential, realm: realm, name: name, digest: digest, key: try await keyForWriting(),
      randomBytes: randomBytes)
    try FileSystem.writeAtomically(paths.sessionPath(realm: realm, identity: name), file)
    try updateFacts(realm: realm, name: name) { old in
      facts(old?.generation ?? Generation.current(paths))
    }
  }

  /// Makes sure that a session could be sealed, before a person or a cloud is troubled for one.
  ///
  /// - Throws: ``AuthError`` when the keyring neither has the key nor takes one.
  func prepare() async throws(AuthError) {
    if isShared { _ = try await keyForWriting() }
  }

  /// Makes sure that the disk takes a session, before a code is spent that works only once.
  ///
  /// - Throws: ``AuthError`` with code `system` if it does not.
  func checkRoom(realm: String, identity: String) throws(AuthError) {
    guard isShared else { return }
    let path = paths.sessionPath(realm: realm, identity: identity) + "-room"
    try FileSystem.writeAtomically(path, [UInt8](repeating: 0, count: 16 << 10))
    try FileSystem.remove(path)
  }

  /// What prompts know about an identity, or `nil` if it never had a session.
  ///
  /// What is remembered in memory only is known to prompts of this process.
  public func facts(realm: String, identity: String) -> Facts? {
    memory.withLock { $0?.sessions[MemoryName(realm: realm, name: identity.lowercased())]?.facts }
      ?? Facts.read(paths.factsPath(realm: realm, identity: identity))
  }

  /// Ends a session: the sealed file is removed, and the facts say so to the prompts.
  ///
  /// A refresh under way is waited for, so that it does not put back what was removed.
  ///
  /// - Parameters:
  ///   - realm: The realm of the session.
  ///   - identity: The name it is stored under.
  ///   - limit: How long to wait at most; `nil` for ever.
  /// - Returns: Whether there was a session.
  /// - Throws: ``AuthError`` with code `system` if it cannot be removed.
  @discardableResult
  public func remove(
    realm: String, identity: String, waiting limit: Duration? = .seconds(3)
  ) async throws(AuthError) -> Bool {
    let name = identity.lowercased()
    let wasRemembered = memory.withLock {
      $0?.sessions.removeValue(forKey: MemoryName(realm: realm, name: name)) != nil
    }
    let path = paths.sessionPath(realm: realm, identity: name)
    guard FileSystem.exists(path) || facts(realm: realm, identity: name)?.state == .valid else {
      return wasRemembered
    }
    let lock = try await HeldLock.acquire(
      paths.lockPath(realm: realm, identity: name), within: limit)
    defer { withExtendedLifetime(lock) {} }
    let wasThere = try FileSystem.remove(path)
    try endFacts(realm: realm, name: name)
    return wasThere || wasRemembered
  }

  private func endFacts(realm: String, name: String) throws(AuthError) {
    guard var facts = facts(realm: realm, identity: name), facts.state == .valid else { return }
    facts.state = .ended
    facts.expiresAt = nil
    facts.renewableUntil = Instant(secondsSince1970: 0)
    try updateFacts(realm: realm, name: name) { old in
      facts.generation = old?.generation ?? facts.generation
      return facts
    }
  }

  /// Replaces facts under the lock that ``Generation/advance(_:identities:)`` takes to do so, since
  /// it would otherwise put back the old ones.
  private func updateFacts(
    realm: String, name: String, _ make: (Facts?) -> Facts
  ) throws(AuthError) {
    let path = paths.factsPath(realm: realm, identity: name)
    try FileLock.withLock(paths.generationPath + ".lock") { () throws(AuthError) in
      try make(Facts.read(path)).write(path)
    }
  }
}

// MARK: - The key

extension SessionStore {
  /// A key for another purpose, made from the key of the sessions, and the name of that one.
  ///
  /// Without `mayOpen` the keyring is not touched: the key is known only if a session was opened or
  /// sealed before.
  ///
  /// - Returns: `nil` if the key is not known, or not one that another process can have, too.
  /// - Throws: ``AuthError`` when the keyring does not give the key.
  public func derivedKey(
    for purpose: String, mayOpen: Bool
  ) async throws(AuthError) -> (id: String, key: Secret)? {
    guard isShared else { return nil }
    let known = key.withLock { $0 }
    guard let base = mayOpen ? try await storedKey() : known else { return nil }
    return (String(decoding: base.id, as: UTF8.self), base.derived(for: purpose))
  }

  /// The key in the keyring, `nil` if there is none yet.
  private func storedKey() async throws(AuthError) -> SessionKey? {
    if let known = key.withLock({ $0 }) { return known }
    let bytes: Secret?
    do throws(AuthError) {
      bytes = try await keyring.read(KeyringEntry.sessionKey)
    } catch {
      guard error.code == .badConfiguration else { throw error }
      throw error.hint("it is the key of all sessions; then log in again")
    }
    guard let bytes else { return nil }
    let found = try SessionKey(bytes)
    key.withLock { $0 = found }
    return found
  }

  /// The key in the keyring, made if there is none: by one process, however many start at once.
  private func keyForWriting() async throws(AuthError) -> SessionKey {
    if let key = try await storedKey() { return key }
    let lock = try await HeldLock.acquire(paths.state + "/session-key.lock", within: nil)
    defer { withExtendedLifetime(lock) {} }
    if let key = try await storedKey() { return key }
    let bytes = Secret(randomBytes(SessionKey.count))
    try await keyring.write(bytes, KeyringEntry.sessionKey)
    let made = try SessionKey(bytes)
    key.withLock { $0 = made }
    return made
  }
}
