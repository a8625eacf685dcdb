public import Core

/// A place where long-lived secrets and the session key live.
///
/// Entries are named by text and hold bytes; what the bytes mean is for the caller to say.
public protocol Keyring: Sendable {
  /// What people call it: `system`, `file`, `memory`.
  var name: String { get }

  /// Whether entries outlive the process. Where they do not, nothing is sealed with a key from
  /// here, since nobody could open it again.
  var isPersistent: Bool { get }

  /// The bytes stored under `key`, or `nil` if there are none.
  ///
  /// - Throws: ``AuthError``: `loginRequired` if a password is needed and nobody can be asked,
  ///   `system` if the entry cannot be read, `badConfiguration` if it is damaged.
  func read(_ key: String) async throws(AuthError) -> Secret?

  /// Stores `value` under `key`, replacing what was there: afterwards either the old or the new
  /// value is there, whatever happens on the way.
  func write(_ value: Secret, _ key: String) async throws(AuthError)

  /// Removes `key`; removing what is not there is not an error.
  ///
  /// - Returns: Whether there was something to remove.
  @discardableResult
  func remove(_ key: String) async throws(AuthError) -> Bool

  /// Whether it is plain to see that nothing is stored under `key`, without a password, a program
  /// or a person; `false` where that is not known.
  func isMissing(_ key: String) async -> Bool

  /// The keys there are, sorted, or `nil` where the backend cannot list.
  func keys() async throws(AuthError) -> [String]?
}

extension Keyring {
  /// `true`: most keyrings are there to keep things.
  public var isPersistent: Bool { true }

  /// `false`: most keyrings have to be asked.
  public func isMissing(_ key: String) async -> Bool { false }
}
