public import Core
internal import Model
internal import Synchronization

/// The operating system's own keyring, with the entries of go-keyring and so of atmos.
///
/// Where there is none at all, the file keyring stands in for it and says so once; one that is
/// locked, slow or broken is an error and never another keyring, or entries would seem lost.
public final class SystemKeyring: InspectableKeyring {
  /// `system`.
  public let name = "system"

  private let store: any SystemStore
  /// Makes the keyring that stands in when there is none, given the reason; `nil` for nothing.
  private let standIn: (@Sendable (_ reason: String) -> FileKeyring)?
  private let cache: UnlockCache
  // What tells this system's session key from another's in the kernel.
  private let place: [UInt8]
  private let decision = Mutex<Decision?>(nil)

  private enum Decision {
    case system
    case file(FileKeyring, reason: String)
  }

  init(
    store: any SystemStore, place: String, cache: UnlockCache,
    standIn: (@Sendable (_ reason: String) -> FileKeyring)?
  ) {
    self.store = store
    self.cache = cache
    self.standIn = standIn
    self.place = Array("system keyring \(Hash.hex(Hash.fnv1a(place.utf8)))".utf8)
  }

  /// The bytes stored under `key`, or `nil` if there are none.
  ///
  /// - Throws: ``AuthError``: `loginRequired` if it is locked and stays so, `unavailable` if it does
  ///   not answer, `badConfiguration` if the entry is damaged.
  public func read(_ key: String) async throws(AuthError) -> Secret? {
    let isRemembered = key == KeyringEntry.sessionKey
    if isRemembered, let content = cache.content(of: place, password: nil) { return content }
    if let file = try await file() { return try await file.read(key) }
    try SystemEntry.check(key)
    guard let text = try await store.read(key) else { return nil }
    guard let value = KeyringText.decoded(text) else {
      throw AuthError(
        .badConfiguration,
        "the system keyring's entry `\(DisplayText.sanitized(key))` is damaged",
        hints: ["it was kept; if you do not need it, remove it and log in again"])
    }
    if isRemembered { cache.remember(value, of: place, password: nil) }
    return value
  }

  /// Whether the file keyring stands in and has no such entry.
  public func isMissing(_ key: String) async -> Bool {
    guard let file = (try? await file()) ?? nil else { return false }
    return await file.isMissing(key)
  }

  /// Stores `value` under `key`.
  ///
  /// - Throws: ``AuthError`` as ``read(_:)``; what was there before still is.
  public func write(_ value: Secret, _ key: String) async throws(AuthError) {
    if let file = try await file() { return try await file.write(value, key) }
    try SystemEntry.check(key)
    #if os(macOS)
    let text = KeyringText.encoded(value, isAlwaysMarked: true)
    #else
    let text = KeyringText.encoded(value)
    #endif
    if key == KeyringEntry.sessionKey { cache.forget(place) }
    try await store.write(text, key)
    if key == KeyringEntry.sessionKey { cache.remember(value, of: place, password: nil) }
  }

  /// Removes `key`.
  ///
  /// - Returns: Whether there was something to remove.
  /// - Throws: ``AuthError`` as ``read(_:)``.
  @discardableResult
  public func remove(_ key: String) async throws(AuthError) -> Bool {
    if key == KeyringEntry.sessionKey { cache.forget(place) }
    if let file = try await file() { return try await file.remove(key) }
    try SystemEntry.check(key)
    return try await store.remove(key)
  }

  /// The names of atmos' entries and ours, sorted.
  ///
  /// - Throws: ``AuthError`` as ``read(_:)``.
  public func keys() async throws(AuthError) -> [String]? {
    if let file = try await file() { return try await file.keys() }
    return try await store.keys()
  }

  /// What there is to say about it; nobody is asked for anything.
  public func inspect() async throws(AuthError) -> KeyringCondition {
    if let file = try await file() {
      var condition = try await file.inspect()
      if case .file(_, let reason) = decision.withLock({ $0 }) {
        condition.standsInBecause = reason
      }
      return condition
    }
    var condition = KeyringCondition(backend: name, place: Self.placeName)
    condition.isLocked = try await store.isLocked()
    if condition.isLocked == false { condition.entries = try await store.keys() }
    condition.unlockedUntil = cache.end(of: place, password: nil)
    return condition
  }

  /// The keyring that replaces it, or `nil` if the system has one.
  ///
  /// - Throws: ``AuthError`` with code `unavailable` if there is none and nothing stands in.
  private func file() async throws(AuthError) -> FileKeyring? {
    if let known = decision.withLock({ $0 }) {
      if case .file(let file, _) = known { return file }
      return nil
    }
    guard let reason = try await store.absence() else {
      decision.withLock { $0 = .system }
      return nil
    }
    guard let standIn else {
      throw AuthError(
        .unavailable, "there is no system keyring: \(reason)",
        hints: ["on Linux it is a desktop's, such as gnome-keyring, on the session's D-Bus"])
    }
    return decision.withLock { decision in
      // Somebody else may have been faster.
      if case .file(let file, _) = decision { return file }
      let file = standIn(reason)
      decision = .file(file, reason: reason)
      return file
    }
  }

  #if os(macOS)
  private static let placeName = "Keychain"
  #else
  private static let placeName = "Secret Service"
  #endif
}
