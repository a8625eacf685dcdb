public import Core
internal import Model

/// A keyring that is read as it is, and whose changes end with the process: for places where nothing
/// can be written.
public actor TransientKeyring: InspectableKeyring {
  /// The name of the keyring below.
  public nonisolated let name: String
  /// `false`: what is written is gone with the process.
  public nonisolated let isPersistent = false

  private let base: any InspectableKeyring
  private var changes: [String: Secret?] = [:]

  /// Creates a keyring over another one.
  public init(_ base: any InspectableKeyring) {
    self.base = base
    name = base.name
  }

  /// The bytes stored under `key`, or `nil` if there are none.
  public func read(_ key: String) async throws(AuthError) -> Secret? {
    if let change = changes[key] { return change }
    return try await base.read(key)
  }

  /// Remembers `value` under `key` for as long as the process lives.
  public func write(_ value: Secret, _ key: String) throws(AuthError) {
    guard !key.isEmpty else { throw AuthError(.usage, "a keyring entry needs a name") }
    changes[key] = .some(value)
  }

  /// Forgets `key` for as long as the process lives.
  @discardableResult
  public func remove(_ key: String) async throws(AuthError) -> Bool {
    let wasThere = try await read(key) != nil
    changes[key] = .some(nil)
    return wasThere
  }

  /// The keys there are, sorted.
  public func keys() async throws(AuthError) -> [String]? {
    guard let below = try await base.keys() else { return nil }
    var all = Set(below)
    for (key, value) in changes {
      if value == nil { all.remove(key) } else { all.insert(key) }
    }
    return all.sorted()
  }

  /// What there is to say about the keyring below.
  public func inspect() async throws(AuthError) -> KeyringCondition {
    try await base.inspect()
  }
}
