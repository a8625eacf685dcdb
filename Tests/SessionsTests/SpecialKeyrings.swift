import Core
import Model

/// A keyring whose password nobody knows.
struct LockedKeyring: Keyring {
  let name = "locked"
  private let error = AuthError(.loginRequired, "a password is needed")
  func read(_ key: String) async throws(AuthError) -> Secret? { throw error }
  func write(_ value: Secret, _ key: String) async throws(AuthError) { throw error }
  func remove(_ key: String) async throws(AuthError) -> Bool { throw error }
  func keys() async throws(AuthError) -> [String]? { throw error }
}

/// A keyring that ends with the process.
struct PassingKeyring: Keyring {
  let name = "memory"
  let isPersistent = false
  func read(_ key: String) async throws(AuthError) -> Secret? { nil }
  func write(_ value: Secret, _ key: String) async throws(AuthError) {}
  func remove(_ key: String) async throws(AuthError) -> Bool { false }
  func keys() async throws(AuthError) -> [String]? { nil }
}
