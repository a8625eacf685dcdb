public import Core
public import Model
internal import Synchronization

/// A keyring of one encrypted file per entry, in a directory it shares with atmos.
///
/// The format is that of the library behind atmos' file keyring, so either finds what the other
/// stored: the file's name is the entry's with `%` and `/` escaped, its content a JOSE text sealed
/// with a password; see `docs/keyrings.md`.
public final class FileKeyring: InspectableKeyring {
  /// `file`.
  public let name = "file"
  /// The directory of the files.
  public let directory: String

  private let password: KeyringPassword
  private let cache: UnlockCache
  private let now: @Sendable () -> Instant
  private let randomBytes: @Sendable (Int) -> [UInt8]
  private let notice: @Sendable (String) -> Void
  // Whether the password is known to be that of the entries which are there.
  private let isVerified = Mutex(false)
  // Said once before a person or a disk sees this keyring instead of the one they asked for.
  private let announcement: Mutex<String?>

  /// The largest file that is read: an entry of 16 MiB is not one of our own.
  private static let limit = 16 << 20
  /// How often a person may mistype the password before the command gives up.
  private static let attempts = 3

  /// Creates a keyring; nothing is read or written yet.
  ///
  /// `directory` is made with mode 0700 when the first entry is written. `passwordVariable` is the
  /// variable that may hold the password. `unlockFor` says how many seconds the kernel may remember
  /// the session key, 0 for not at all. `announcement` is a line for the person, shown before the
  /// first question or write.
  public init(
    directory: String, passwordVariable: String, environment: [String: String],
    unlockFor: Int64, announcement: String? = nil, interaction: (any Interaction)?,
    now: @escaping @Sendable () -> Instant,
    randomBytes: @escaping @Sendable (Int) -> [UInt8],
    notice: @escaping @Sendable (String) -> Void
  ) {
    self.directory = directory
    self.now = now
    self.randomBytes = randomBytes
    self.notice = notice
    self.announcement = Mutex(announcement)
    password = KeyringPassword(
      place: directory, variable: passwordVariable, environment: environment,
      interaction: interaction, notice: notice)
    cache = UnlockCache(
      seconds: UInt32(clamping: max(0, unlockFor)), now: now, randomBytes: randomBytes)
  }

  /// The bytes stored under `key`, or `nil` if there are none; no password is needed to tell.
  ///
  /// - Throws: ``AuthError``: `loginRequired` if nobody can be asked for the password, `refused` if
  ///   it is wrong, `badConfiguration` if the entry is damaged, `system` if it cannot be read.
  public func read(_ key: String) async throws(AuthError) -> Secret? {
    let path = try path(of: key)
    guard let sealed = try FileSystem.readFile(path, limit: Self.limit) else { return nil }
    let isRemembered = key == KeyringEntry.sessionKey
    if isRemembered, let content = cache.content(of: sealed, password: password.fromVariable) {
      return content
    }
    let content = try await open(sealed, path: path, key: key)
    if isRemembered { cache.remember(content, of: sealed, password: password.fromVariable) }
    return content
  }

  /// Whether there is no file of `key`.
  public func isMissing(_ key: String) async -> Bool {
    guard let path = try? path(of: key) else { return false }
    return !FileSystem.exists(path)
  }

  /// Stores `value` under `key`, sealed with the password that opens what is there.
  ///
  /// - Throws: ``AuthError`` as ``read(_:)``; what was there before still is.
  public func write(_ value: Secret, _ key: String) async throws(AuthError) {
    let path = try path(of: key)
    announce()
    let password = try await passwordForWriting(path)
    let sealed = try SealedText.seal(
      KeyringItem.encoded(key: key, value: value), password: password,
      created: Timestamp.rfc3339(now()), randomBytes: randomBytes)
    try FileSystem.writeAtomically(path, sealed)
    isVerified.withLock { $0 = true }
    if key == KeyringEntry.sessionKey {
      cache.remember(value, of: sealed, password: self.password.fromVariable)
    }
  }

  /// Removes `key`, for which no password is needed.
  ///
  /// - Returns: Whether there was something to remove.
  /// - Throws: ``AuthError`` with code `system` if it is there and stays.
  @discardableResult
  public func remove(_ key: String) async throws(AuthError) -> Bool {
    let path = try path(of: key)
    if key == KeyringEntry.sessionKey,
      let sealed = try FileSystem.readFile(path, limit: Self.limit)
    {
      cache.forget(sealed)
    }
    return try FileSystem.remove(path)
  }

  /// The keys there are, sorted.
  ///
  /// - Throws: ``AuthError`` with code `system` if the directory cannot be read.
  public func keys() async throws(AuthError) -> [String]? {
    try names().map { EntryName.decoded($0) }.sorted()
  }

  /// What there is to say about it; no password is needed.
  ///
  /// - Throws: ``AuthError`` with code `system` if the directory cannot be read.
  public func inspect() async throws(AuthError) -> KeyringCondition {
    var condition = KeyringCondition(backend: name, place: directory, entries: try await keys())
    condition.unlockedUntil = try await unlockedUntil()
    return condition
  }

  /// Until when the kernel remembers the session key; each `exec` asks, so no entry is looked at
  /// but that one.
  public func unlockedUntil() async throws(AuthError) -> Instant? {
    guard
      let sealed = try FileSystem.readFile(path(of: KeyringEntry.sessionKey), limit: Self.limit)
    else { return nil }
    return cache.end(of: sealed, password: password.fromVariable)
  }

  /// The file of the entry called `key`.
  func path(of key: String) throws(AuthError) -> String {
    guard let name = EntryName.encoded(key) else {
      throw AuthError(
        .usage,
        key.isEmpty
          ? "a keyring entry needs a name"
          : "the keyring entry's name is too long for a file: `\(DisplayText.sanitized(key))`")
    }
    return "\(directory)/\(name)"
  }

  /// The entries' files; those that begin with a dot are being written.
  private func names() throws(AuthError) -> [String] {
    (try FileSystem.list(directory) ?? []).filter {
      $0.utf8.first != UInt8(ascii: ".") && !FileSystem.isDirectory("\(directory)/\($0)")
    }
  }

  private func announce() {
    if let line = announcement.withLock({ $0.take() }) { notice(line) }
  }
}

// MARK: - The password

extension FileKeyring {
  private func open(
    _ sealed: [UInt8], path: String, key: String
  ) async throws(AuthError) -> Secret {
    let text = try await withPassword(of: path) { password throws(SealedText.Failure) in
      try SealedText.open(sealed, password: password)
    }
    switch KeyringItem.value(text, key: key) {
    case .success(let value): return value
    case .failure(let reason): throw damaged(path, reason.description)
    }
  }

  /// Calls `body` with the password, asking again when a typed one is wrong.
  private func withPassword<Result>(
    of path: String, _ body: (Secret) throws(SealedText.Failure) -> Result
  ) async throws(AuthError) -> Result {
    var attempt = 1
    while true {
      if password.fromVariable == nil { announce() }
      let candidate = try await password.current(isNew: false)
      do throws(SealedText.Failure) {
        let result = try body(candidate)
        isVerified.withLock { $0 = true }
        return result
      } catch {
        guard case .damaged(let reason) = error else {
          let mayAskAgain = await password.reject(candidate)
          guard mayAskAgain, attempt < Self.attempts else { throw wrongPassword(path) }
          attempt += 1
          notice("that is not the keyring's password")
          continue
        }
        throw damaged(path, reason)
      }
    }
  }

  /// The password to seal an entry with, once it is known to be the keyring's: one entry under
  /// another password than the rest would be lost to everybody.
  ///
  /// A damaged entry may be replaced; one that another password opens may not.
  private func passwordForWriting(_ path: String) async throws(AuthError) -> Secret {
    let isKnown = isVerified.withLock { $0 }
    let witnesses = try witnesses(for: path, isKnown: isKnown)
    guard !witnesses.isEmpty else { return try await password.current(isNew: !isKnown) }
    return try await withPassword(of: path) { candidate throws(SealedText.Failure) in
      var failure: SealedText.Failure?
      for witness in witnesses {
        do throws(SealedText.Failure) {
          _ = try SealedText.open(witness, password: candidate)
          return candidate
        } catch {
          if error == .wrongPassword { failure = error }
        }
      }
      if let failure { throw failure }
      return candidate
    }
  }

  /// Entries of which the password has to open one: the one to be replaced, else, before the first
  /// write, some of the others.
  private func witnesses(for path: String, isKnown: Bool) throws(AuthError) -> [[UInt8]] {
    if let old = try FileSystem.readFile(path, limit: Self.limit) {
      if SealedText.isPlausible(old) { return [old] }
    }
    guard !isKnown else { return [] }
    var found: [[UInt8]] = []
    for name in try names() {
      let other = "\(directory)/\(name)"
      guard let bytes = try? FileSystem.readFile(other, limit: Self.limit),
        SealedText.isPlausible(bytes)
      else { continue }
      found.append(bytes)
      // Entries of several passwords are rare, and each costs time.
      if found.count == 8 { break }
    }
    return found
  }

  private func wrongPassword(_ path: String) -> AuthError {
    let place = DisplayText.sanitized(path)
    let error = AuthError(.refused, "the password does not open the keyring entry \(place)")
    return password.fromVariable == nil
      ? error.hint(
        "if the password is lost, `\(ShellQuoting.typed(command: ["rm", path]))` removes the entry")
      : error.hint("look at the value of `\(password.variable)`; nothing was changed")
  }

  private func damaged(_ path: String, _ reason: String) -> AuthError {
    AuthError(
      .badConfiguration,
      "the keyring entry \(DisplayText.sanitized(path)) is damaged: it \(reason)",
      hints: ["the file was kept; `\(ShellQuoting.typed(command: ["rm", path]))` removes it"])
  }
}
