public import Core
public import Model

/// The stored access keys of an identity, and what signs calls of the user they belong to.
public struct UserKeys {
  /// What the definition says.
  public let settings: UserSettings
  let realm: String
  let effects: Effects
  private let session: () async throws(AuthError) -> Credential

  /// Creates a value.
  ///
  /// - Parameters:
  ///   - settings: What the definition says.
  ///   - realm: The realm in force, empty when there is none.
  ///   - effects: Everything outside the process.
  ///   - session: Gets the identity's session after a second factor, a remembered one where it
  ///     lasts. It is called only for users who have an MFA device.
  public init(
    _ settings: UserSettings, realm: String, effects: Effects,
    session: @escaping () async throws(AuthError) -> Credential
  ) {
    self.settings = settings
    self.realm = realm
    self.effects = effects
    self.session = session
  }

  private var entry: String { KeyringEntry.stored(realm: realm, name: settings.name) }

  /// A command of this program about the identity, for a person to type.
  func typed(_ words: String..., options: [String] = []) -> String {
    effects.typed(words + ["-i", settings.name] + options)
  }

  /// The stored keys; `nil` if there are none of an IAM user.
  ///
  /// - Throws: ``AuthError`` as the keyring, `badConfiguration` for an entry that is damaged, and
  ///   `loginRequired` for one that belongs to another identity; see ``Model/StoredOrigins``.
  public func stored() async throws(AuthError) -> StoredKeys? {
    guard let bytes = try await effects.keyring.read(entry) else { return nil }
    try effects.origins.check(entry, for: settings.name)
    guard let keys = try StoredKeys(entry: bytes), keys.sessionToken == nil else { return nil }
    return keys
  }

  /// The user's own keys: those of the definition, else the stored ones.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` if there are none.
  func own(_ stored: StoredKeys?) throws(AuthError) -> AWSKeys {
    guard let keys = settings.configuredKeys ?? stored?.longLived else { throw noKeys }
    return keys
  }

  /// The error of an identity without access keys.
  var noKeys: AuthError {
    AuthError(
      .loginRequired, "identity `\(settings.name)` has no access keys",
      hints: ["store them with `\(typed("user", "configure"))`"])
  }

  /// Stores keys, and makes sure that they can be read again.
  ///
  /// - Throws: ``AuthError`` as the keyring, and `system` when something else is read.
  func store(_ keys: StoredKeys) async throws(AuthError) {
    try await effects.keyring.store(keys.entry(), entry)
    effects.origins.didStore(entry, for: settings.name)
  }

  /// The device that calls have to be signed after; `nil` when the user has none.
  func device(_ stored: StoredKeys?) -> String? { settings.mfaARN ?? stored?.mfaARN }

  /// What signs calls of `user`: the session after a second factor where there is a device, since
  /// policies may ask for one, else `keys` themselves.
  ///
  /// - Throws: ``AuthError`` as a login, and `refused` if the session is somebody else's.
  func signer(
    _ keys: AWSKeys, stored: StoredKeys?, as user: IAMUser, _ services: UserServices
  ) async throws(AuthError) -> AWSKeys {
    guard device(stored) != nil, let session = try await session().aws else { return keys }
    let other = try await services.user(of: session)
    guard other == user else {
      throw AuthError(
        .refused,
        "the session of identity `\(settings.name)` is one of \(other.arn), its keys are of "
          + user.arn,
        hints: ["log in again with `\(typed("login"))`"])
    }
    return session
  }
}

extension Keyring {
  /// Stores a value that nobody else has, and makes sure that it can be read again.
  ///
  /// - Throws: ``AuthError`` as ``Keyring/write(_:_:)`` and ``Keyring/read(_:)``, and `system` when
  ///   something else is read.
  func store(_ value: Secret, _ key: String) async throws(AuthError) {
    try await write(value, key)
    guard try await read(key) == value else {
      throw AuthError(
        .system,
        "the \(name) keyring does not return what was stored as "
          + "`\(DisplayText.sanitized(key))`")
    }
  }
}
