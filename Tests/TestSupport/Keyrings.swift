public import Core
public import Model

/// A keyring that lasts as long as the test, for all "processes" of a world.
public actor FakeKeyring: Keyring {
  /// `fake`.
  public nonisolated let name = "fake"
  private var entries: [String: Secret] = [:]
  /// How often something was stored.
  public private(set) var writes = 0

  /// An empty one.
  public init() {}

  /// Gives others time to come between.
  public func read(_ key: String) async throws(AuthError) -> Secret? {
    await Task.yield()
    return entries[key]
  }

  /// Takes its time, as keyrings do.
  public func write(_ value: Secret, _ key: String) async throws(AuthError) {
    writes += 1
    for _ in 0..<20 { await Task.yield() }
    entries[key] = value
  }

  /// Removes an entry.
  public func remove(_ key: String) async throws(AuthError) -> Bool {
    entries.removeValue(forKey: key) != nil
  }

  /// The entries' names.
  public func keys() async throws(AuthError) -> [String]? { entries.keys.sorted() }
}

/// A keyring whose password nobody knows.
public struct LockedKeyring: Keyring {
  /// `locked`.
  public let name = "locked"
  private let error: AuthError

  /// One that says `message` to everything.
  public init(_ message: String = "a password is needed") {
    error = AuthError(.loginRequired, message)
  }

  /// Throws.
  public func read(_ key: String) async throws(AuthError) -> Secret? { throw error }
  /// Throws.
  public func write(_ value: Secret, _ key: String) async throws(AuthError) { throw error }
  /// Throws.
  public func remove(_ key: String) async throws(AuthError) -> Bool { throw error }
  /// Throws.
  public func keys() async throws(AuthError) -> [String]? { throw error }
}

/// A keyring that ends with the process.
public struct PassingKeyring: Keyring {
  /// `memory`.
  public let name = "memory"
  /// `false`.
  public let isPersistent = false

  /// An empty one.
  public init() {}

  /// Nothing.
  public func read(_ key: String) async throws(AuthError) -> Secret? { nil }
  /// Stores nothing.
  public func write(_ value: Secret, _ key: String) async throws(AuthError) {}
  /// There was nothing.
  public func remove(_ key: String) async throws(AuthError) -> Bool { false }
  /// Unknown.
  public func keys() async throws(AuthError) -> [String]? { nil }
}
