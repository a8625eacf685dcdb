public import Core
import Model

/// Replaces the stored access keys of an IAM user with new ones: makes a key, stores it, verifies
/// it, puts it instead of the old one, and removes the old one.
///
/// It may be interrupted anywhere. A working key is in the keyring at every moment, the only copy of
/// a secret is never given up, and whoever runs it again finishes what was begun.
public struct KeyRotation {
  /// What becomes of the old key.
  public enum Removal: Sendable {
    /// It is gone for good.
    case delete
    /// It is refused, until somebody makes it active again.
    case deactivate
  }

  /// What was done.
  public struct Outcome: Sendable, Equatable {
    /// The user.
    public var user: IAMUser
    /// The old key's id, masked.
    public var oldID: String
    /// The new key's id, masked.
    public var newID: String
    /// When the rotation began that was finished; `nil` for one that began now.
    public var resumedFrom: Instant?
  }

  let keys: UserKeys
  let removal: Removal
  /// The end of the id of another key that is to make room.
  let obstacle: String?

  var effects: Effects { keys.effects }
  var identity: String { keys.settings.name }

  /// Creates a rotation.
  ///
  /// - Parameters:
  ///   - keys: The user's keys.
  ///   - removal: What becomes of the old key.
  ///   - obstacle: The id of another key of the user, or at least its last four letters, which is
  ///     deleted first: a user has two keys at most.
  public init(of keys: UserKeys, removal: Removal = .delete, obstacle: String? = nil) {
    self.keys = keys
    self.removal = removal
    self.obstacle = obstacle
  }

  /// Rotates, or finishes a rotation that was interrupted.
  ///
  /// - Throws: ``AuthError``: `badConfiguration` when the keys are not in the keyring, `refused` if
  ///   IAM says no, `unavailable` if it cannot be reached or does not know the new key after two
  ///   minutes; whatever was done stays known and is not done again.
  public func run() async throws(AuthError) -> Outcome {
    let stored = try await rotatable()
    let services = try UserServices(keys.settings, keys: stored, effects: effects)
    let begun = try await journal()
    var journal: RotationJournal
    let user: IAMUser
    var resumedFrom = begun?.began
    switch (begun, begun?.stage(storedID: stored.accessKeyID)) {
    case (let begun?, .made(let new)):
      journal = begun
      user = try await finish(&journal, new, stored, services)
    case (let begun?, .switched):
      journal = begun
      user = try await services.user(of: stored.longLived)
    default:
      resumedFrom = nil
      user = try await services.user(of: stored.longLived)
      let signer = try await keys.signer(stored.longLived, stored: stored, as: user, services)
      if let begun { try await clean(up: begun, stored, user, signer, services) }
      let new: AWSKeys
      (journal, new) = try await make(stored, user, signer, services)
      _ = try await finish(&journal, new, stored, services)
    }
    try await removeOld(journal, user, services)
    return Outcome(
      user: user, oldID: AWSKeys.masked(journal.oldID),
      newID: AWSKeys.masked(journal.newID ?? ""), resumedFrom: resumedFrom)
  }

  /// The stored keys, unless they are somewhere else.
  func rotatable() async throws(AuthError) -> StoredKeys {
    if let mark = keys.settings.keysMark {
      let place = "\(DisplayText.sanitized(mark.file)):\(mark.line)"
      let how = keys.settings.keysExpression.map { " (`\(DisplayText.sanitized($0))`)" } ?? ""
      throw AuthError(
        .badConfiguration,
        "the access keys of identity `\(identity)` come from \(place)\(how), not from the keyring",
        hints: [
          "rotate them where they are kept, or take `credentials.access_key_id` and "
            + "`credentials.secret_access_key` out of the configuration and store them with "
            + "`\(keys.typed("user", "configure"))`"
        ])
    }
    guard effects.keyring.isPersistent else {
      throw AuthError(
        .badConfiguration,
        "the `\(effects.keyring.name)` keyring forgets what is stored when this process ends; "
          + "a new key would be lost",
        hints: ["use another one: `ATMOS_KEYRING_TYPE=file`"])
    }
    guard let stored = try await keys.stored() else { throw keys.noKeys }
    return stored
  }

  // MARK: The journal

  private var journalEntry: String {
    KeyringEntry.rotation(realm: keys.realm, name: identity)
  }

  func journal() async throws(AuthError) -> RotationJournal? {
    try await effects.keyring.read(journalEntry).flatMap { RotationJournal(entry: $0) }
  }

  func write(_ journal: RotationJournal) async throws(AuthError) {
    try await effects.keyring.store(journal.entry(), journalEntry)
  }

  func forgetJournal() async throws(AuthError) {
    try await effects.keyring.remove(journalEntry)
  }
}
