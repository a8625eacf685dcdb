#if os(macOS)
internal import Core
internal import Foundation
internal import Programs
internal import Security

/// The keychain of macOS, with the entries of go-keyring.
///
/// Entries that another program stored make macOS ask once whether this one may read them. Nothing
/// here was ever run; see `docs/architecture.md`.
///
/// Source: Apple's Keychain Services; go-keyring, keyring_darwin.go.
final class Keychain: SystemStore {
  private let patience: Patience

  /// Creates it; nothing is called yet.
  init(patience: Patience) { self.patience = patience }

  func absence() async throws(AuthError) -> String? { nil }
  func isLocked() async throws(AuthError) -> Bool { false }

  func read(_ key: String) async throws(AuthError) -> Secret? {
    let (status, value) = try await call {
      var query = Self.query(key)
      query[kSecReturnData] = true
      var found: CFTypeRef?
      let status = SecItemCopyMatching(query as CFDictionary, &found)
      return (status, (found as? Data).map { Secret($0) })
    }
    if status == errSecItemNotFound { return nil }
    try Self.check(status, "read `\(DisplayText.sanitized(key))` from the keychain")
    return value
  }

  func write(_ value: Secret, _ key: String) async throws(AuthError) {
    let (status, _) = try await call {
      let data = value.withBytes { Data($0) }
      let changes = [kSecValueData: data]
      var status = SecItemUpdate(Self.query(key) as CFDictionary, changes as CFDictionary)
      if status == errSecItemNotFound {
        var item = Self.query(key)
        item[kSecValueData] = data
        item[kSecAttrLabel] = key
        status = SecItemAdd(item as CFDictionary, nil)
      }
      return (status, nil)
    }
    try Self.check(status, "store `\(DisplayText.sanitized(key))` in the keychain")
  }

  func remove(_ key: String) async throws(AuthError) -> Bool {
    let (status, _) = try await call { (SecItemDelete(Self.query(key) as CFDictionary), nil) }
    if status == errSecItemNotFound { return false }
    try Self.check(status, "remove `\(DisplayText.sanitized(key))` from the keychain")
    return true
  }

  func keys() async throws(AuthError) -> [String] {
    let (status, text) = try await call {
      let query: [CFString: Any] = [
        kSecClass: kSecClassGenericPassword, kSecAttrAccount: SystemEntry.account,
        kSecMatchLimit: kSecMatchLimitAll, kSecReturnAttributes: true,
      ]
      var found: CFTypeRef?
      let status = SecItemCopyMatching(query as CFDictionary, &found)
      let items = found as? [[CFString: Any]] ?? []
      let names = items.compactMap { $0[kSecAttrService] as? String }
      return (status, Secret(names.joined(separator: "\0")))
    }
    if status == errSecItemNotFound { return [] }
    try Self.check(status, "list the keychain")
    return (text?.revealed() ?? "").split(separator: "\0").map(String.init).sorted()
  }

  private func call(
    _ body: @escaping @Sendable () -> (OSStatus, Secret?)
  ) async throws(AuthError) -> (OSStatus, Secret?) {
    // Any call may show a window that a person has to answer.
    if let answer = await BlockingCall.run(limit: patience.person, cancel: {}, body) {
      return answer
    }
    throw AuthError(
      .unavailable,
      "the keychain did not answer within \(DurationText.text(patience.person.components.seconds))",
      hints: ["unlock it with `security unlock-keychain`, or set `ATMOS_KEYRING_TYPE=file`"])
  }

  private static func query(_ key: String) -> [CFString: Any] {
    [
      kSecClass: kSecClassGenericPassword, kSecAttrService: key,
      kSecAttrAccount: SystemEntry.account,
    ]
  }

  private static func check(_ status: OSStatus, _ what: String) throws(AuthError) {
    guard status != errSecSuccess else { return }
    let reason = SecCopyErrorMessageString(status, nil).map { $0 as String } ?? "status \(status)"
    let isPersonNeeded =
      status == errSecInteractionNotAllowed || status == errSecAuthFailed
      || status == errSecUserCanceled
    throw AuthError(
      isPersonNeeded ? .loginRequired : .unavailable, "cannot \(what): \(reason)",
      hints: ["unlock it with `security unlock-keychain`, or set `ATMOS_KEYRING_TYPE=file`"])
  }
}
#endif
