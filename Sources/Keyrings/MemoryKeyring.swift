public import Core
internal import Model

/// A keyring that ends with the process: for tests, and for those who want nothing kept.
public actor MemoryKeyring: InspectableKeyring {
  /// `memory`.
  public nonisolated let name = "memory"
  /// `false`: nothing is written anywhere.
  public nonisolated let isPersistent = false

  private var entries: [String: Secret] = [:]

  /// Creates an empty keyring.
  public init() {}

  /// The bytes stored under `key`, or `nil` if there are none.
  public func read(_ key: String) -> Secret? { entries[key] }

  /// Stores `value` under `key`, replacing what was there.
  ///
  /// - Throws: ``AuthError`` with code `usage` if the key is empty.
  public func write(_ value: Secret, _ key: String) throws(AuthError) {
    guard !key.isEmpty else { throw AuthError(.usage, "a keyring entry needs a name") }
    entries[key] = value
  }

  /// Removes `key`.
  ///
  /// - Returns: Whether there was something to remove.
  @discardableResult
  public func remove(_ key: String) -> Bool { entries.removeValue(forKey: key) != nil }

  /// The keys there are, sorted.
  public func keys() -> [String]? { entries.keys.sorted() }

  /// What there is to say about it.
  public func inspect() -> KeyringCondition {
    KeyringCondition(backend: name, place: "this process", entries: keys())
  }
}
