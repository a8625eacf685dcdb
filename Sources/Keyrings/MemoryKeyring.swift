public import Core
public import Model

/// A keyring that ends with the process: for tests, and for those who want nothing kept.
public actor MemoryKeyring: Keyring {
  public nonisolated let name = "memory"
  public nonisolated let isPersistent = false

  private var entries: [String: Secret] = [:]

  /// Creates an empty keyring.
  public init() {}

  public func read(_ key: String) -> Secret? { entries[key] }

  public func write(_ value: Secret, _ key: String) throws(AuthError) {
    guard !key.isEmpty else { throw AuthError(.usage, "a keyring entry needs a name") }
    entries[key] = value
  }

  @discardableResult
  public func remove(_ key: String) -> Bool { entries.removeValue(forKey: key) != nil }

  public func keys() -> [String]? { entries.keys.sorted() }
}
