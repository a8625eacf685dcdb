import Core
import Model

extension KeyRotation {
  /// How much older or younger than a journal a key may be that its process has made: clocks
  /// differ, and a call that hangs takes a while.
  private static let window: Int64 = 300

  /// The keys there are, and the one of them that is to make room for another.
  ///
  /// - Returns: Nothing when the keys cannot be seen.
  /// - Throws: ``AuthError``: `refused` if there is no room for another key, `usage` if the key
  ///   that is to make room is none of the user's.
  func existing(
    _ stored: StoredKeys, _ user: IAMUser, _ signer: AWSKeys, _ services: UserServices
  ) async throws(AuthError) -> (all: [AccessKeyRecord], obstacle: AccessKeyRecord?)? {
    guard let all = try await listed(user, signer, services) else {
      guard obstacle == nil else {
        throw AuthError(
          .refused, "user `\(user.name)` may not see their access keys, so none is deleted first",
          hints: ["the policy must allow `iam:ListAccessKeys` on \(user.arn)"])
      }
      return nil
    }
    if let obstacle { return (all, try chosen(obstacle, all, stored)) }
    guard all.count < 2 else { throw full(try await told(all, stored, signer, services), user) }
    return (all, nil)
  }

  /// Makes sure that the user may have another key.
  ///
  /// - Returns: The ids of the keys there are; `nil` when they cannot be seen.
  func room(
    _ stored: StoredKeys, _ user: IAMUser, _ signer: AWSKeys, _ services: UserServices
  ) async throws(AuthError) -> [String]? {
    guard let (all, obstacle) = try await existing(stored, user, signer, services) else {
      return nil
    }
    if let obstacle { try await delete(obstacle, user, signer, services) }
    return all.filter { $0 != obstacle }.map(\.id)
  }

  private func delete(
    _ key: AccessKeyRecord, _ user: IAMUser, _ signer: AWSKeys, _ services: UserServices
  ) async throws(AuthError) {
    do {
      try await services.iam.deleteAccessKey(key.id, of: user.name, signedWith: signer)
    } catch {
      throw services.iamError(error, "DeleteAccessKey", as: user, signedWith: signer)
    }
    effects.notice("deleted access key \(key.maskedID)")
  }

  /// Takes away what an earlier rotation left at IAM without a secret that anybody has.
  func clean(
    up journal: RotationJournal, _ stored: StoredKeys, _ user: IAMUser, _ signer: AWSKeys,
    _ services: UserServices
  ) async throws(AuthError) {
    let listed = try await listed(user, signer, services) ?? []
    for key in listed where key.id != stored.accessKeyID {
      guard try await isLeft(by: journal, key, signer, services) else { continue }
      effects.notice("an interrupted rotation has left access key \(key.maskedID) behind")
      try await delete(key, user, signer, services)
    }
    try await forgetJournal()
  }

  /// Whether a key was made by the process that wrote the journal, and is of no use to anybody.
  private func isLeft(
    by journal: RotationJournal, _ key: AccessKeyRecord, _ signer: AWSKeys,
    _ services: UserServices
  ) async throws(AuthError) -> Bool {
    // Once it was stored it may have been copied from there.
    if let newID = journal.newID { return key.id == newID && journal.newSecret != nil }
    guard let known = journal.knownIDs, !known.contains(key.id), let createdAt = key.createdAt,
      abs(createdAt.seconds(until: journal.began)) <= Self.window
    else { return false }
    if case .at = try? await services.iam.lastUse(of: key.id, signedWith: signer) { return false }
    return true
  }

  private func chosen(
    _ text: String, _ known: [AccessKeyRecord], _ stored: StoredKeys
  ) throws(AuthError) -> AccessKeyRecord {
    let found = known.filter { text.count >= 4 && $0.id.hasSuffix(text) }
    guard found.count == 1 else {
      throw AuthError(
        .usage, "the user has no access key that ends in `\(DisplayText.sanitized(text))`",
        hints: ["there are \(known.map(\.maskedID).joined(separator: " and "))"])
    }
    guard found[0].id != stored.accessKeyID else {
      throw AuthError(
        .usage, "\(found[0].maskedID) is the key in the keyring, which rotating replaces")
    }
    return found[0]
  }

  private func listed(
    _ user: IAMUser, _ signer: AWSKeys, _ services: UserServices
  ) async throws(AuthError) -> [AccessKeyRecord]? {
    do {
      return try await services.iam.accessKeys(of: user.name, signedWith: signer)
    } catch {
      if error.isDenied { return nil }
      throw services.iamError(error, "ListAccessKeys", as: user, signedWith: signer)
    }
  }

  // MARK: Two keys

  /// The error of a user who has two keys already.
  func full(_ lines: [String]?, _ user: IAMUser) -> AuthError {
    AuthError(
      .refused, "user `\(user.name)` already has two access keys, the most that IAM allows",
      hints: lines ?? [
        "which ones cannot be seen: the policy would have to allow `iam:ListAccessKeys` on "
          + user.arn
      ])
  }

  /// Each key in a line for a person, and what to type about the one that is in the way.
  private func told(
    _ known: [AccessKeyRecord], _ stored: StoredKeys, _ signer: AWSKeys, _ services: UserServices
  ) async throws(AuthError) -> [String] {
    var lines: [String] = []
    for key in known {
      let use = try? await services.iam.lastUse(of: key.id, signedWith: signer)
      let place = key.id == stored.accessKeyID ? " (in the keyring)" : ""
      let state = key.isActive ? "active" : "inactive"
      let age = key.createdAt.map { "made \(ago($0))" } ?? "of unknown age"
      lines.append("\(key.maskedID)\(place): \(state), \(age), \(told(use))")
    }
    for key in known where key.id != stored.accessKeyID {
      lines.append(
        "if nothing uses \(key.maskedID) any more, delete it first: "
          + "`\(keys.typed("user", "rotate", options: ["--delete-key", String(key.id.suffix(4))]))`"
      )
    }
    return lines
  }

  private func told(_ use: AccessKeyUse?) -> String {
    switch use {
    case nil: "last use unknown"
    case .never: "never used"
    case .at(let date, let service):
      "last used \(ago(date))" + (service.map { " for \($0)" } ?? "")
    }
  }

  private func ago(_ instant: Instant) -> String {
    let days = instant.seconds(until: effects.now()) / 86400
    return switch days {
    case ..<1: "today"
    case 1: "yesterday"
    default: "\(days) days ago"
    }
  }
}
