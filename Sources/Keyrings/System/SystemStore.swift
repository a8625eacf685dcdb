internal import Core

/// A keyring of the operating system, whichever it is.
protocol SystemStore: Sendable {
  /// Why there is no such keyring here at all, as the end of a sentence; `nil` if there is one, even
  /// one that is locked or does not answer.
  func absence() async throws(AuthError) -> String?

  /// The value of the entry called `key`, `nil` if there is none.
  func read(_ key: String) async throws(AuthError) -> Secret?

  /// Stores `value`, replacing what was there.
  func write(_ value: Secret, _ key: String) async throws(AuthError)

  /// Removes the entry, and says whether there was one.
  func remove(_ key: String) async throws(AuthError) -> Bool

  /// The names of all entries of atmos' and ours.
  func keys() async throws(AuthError) -> [String]

  /// Whether it is locked; `false` where nobody can tell.
  func isLocked() async throws(AuthError) -> Bool
}

/// How long a system keyring is waited for.
struct Patience: Sendable {
  /// For an answer.
  var answer = Duration.seconds(5)
  /// For a person who is asked to unlock it.
  var person = Duration.seconds(25)

  /// The default, or `seconds` for an answer and five times that for a person.
  init(seconds: Int64?) {
    guard let seconds, seconds > 0 else { return }
    answer = .seconds(seconds)
    person = .seconds(seconds * 5)
  }
}

/// How go-keyring names entries.
///
/// It is called with the two the other way round from what one would expect: the entry's name is
/// the service, and the account is the same for all.
enum SystemEntry {
  /// The account, or `username`.
  static let account = "atmos-auth"

  /// What people see.
  static func label(_ key: String) -> String { "Password for '\(account)' on '\(key)'" }

  /// - Throws: ``AuthError`` with code `usage` for a name that such a keyring cannot hold.
  static func check(_ key: String) throws(AuthError) {
    if key.isEmpty { throw AuthError(.usage, "a keyring entry needs a name") }
    if key.utf8.contains(0) {
      throw AuthError(
        .usage,
        "a NUL cannot be in the name of a system keyring's entry: "
          + "`\(DisplayText.sanitized(key))`")
    }
  }
}
