import Core
import Model

/// The key of one command's sessions, in the place of a keyring: it is in that command's environment
/// and nowhere else.
struct CommandKeyring: Keyring {
  let name = "command"
  private let key: Secret

  init(_ key: Secret) { self.key = key }

  func read(_ key: String) async throws(AuthError) -> Secret? {
    key == KeyringEntry.sessionKey ? self.key : nil
  }

  func write(_ value: Secret, _ key: String) async throws(AuthError) {
    throw AuthError(.system, "the keyring of a command holds nothing but its key")
  }

  func remove(_ key: String) async throws(AuthError) -> Bool { false }

  func keys() async throws(AuthError) -> [String]? { [KeyringEntry.sessionKey] }
}
