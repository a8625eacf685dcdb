import Core
import Model

extension KeyRotation {
  /// Makes a key, whose secret is in the keyring when this returns.
  func make(
    _ stored: StoredKeys, _ user: IAMUser, _ signer: AWSKeys, _ services: UserServices
  ) async throws(AuthError) -> (RotationJournal, AWSKeys) {
    let known = try await room(stored, user, signer, services)
    var journal = RotationJournal(
      began: effects.now(), oldID: stored.accessKeyID, knownIDs: known)
    try await write(journal)
    let new: AWSKeys
    do {
      new = try await services.iam.createAccessKey(of: user.name, signedWith: signer)
    } catch {
      throw try await notMade(error, user, signer, services)
    }
    journal.newID = new.accessKeyID
    journal.newSecret = new.secretAccessKey
    do throws(AuthError) {
      try await write(journal)
    } catch {
      throw await notStored(new, error, user, signer, services)
    }
    effects.notice("made access key \(new.maskedAccessKeyID) for user `\(user.name)`")
    return (journal, new)
  }

  private func notMade(
    _ failure: CallFailure, _ user: IAMUser, _ signer: AWSKeys, _ services: UserServices
  ) async throws(AuthError) -> AuthError {
    switch failure {
    case .refused(let error) where error.status < 500:
      // A refusal is a promise that nothing was made; so there is nothing to clean up.
      try await forgetJournal()
      if error.code == "LimitExceeded" { return full(nil, user) }
      return services.iamError(failure, "CreateAccessKey", as: user, signedWith: signer)
    default:
      var error = services.iamError(failure, "CreateAccessKey", as: user, signedWith: signer)
      error.hints.insert(
        "a key may have been made all the same; run `\(command)` again, which removes it", at: 0)
      return error
    }
  }

  /// The keyring did not take the new secret, which is therefore worth nothing.
  private func notStored(
    _ new: AWSKeys, _ failure: AuthError, _ user: IAMUser, _ signer: AWSKeys,
    _ services: UserServices
  ) async -> AuthError {
    var error = AuthError(
      failure.code, "the new access key of identity `\(identity)` could not be stored",
      hints: ["the old one stays in use"], cause: failure)
    do throws(CallFailure) {
      try await services.iam.deleteAccessKey(
        new.accessKeyID, of: user.name, signedWith: signer)
      try? await forgetJournal()
    } catch {
      // The journal says that a key was being made: the next run finds it.
    }
    error = error.hint("when the keyring works again, run `\(command)`")
    return error
  }

  /// Verifies the new key and puts it instead of the old one.
  func finish(
    _ journal: inout RotationJournal, _ new: AWSKeys, _ stored: StoredKeys,
    _ services: UserServices
  ) async throws(AuthError) -> IAMUser {
    let user = try await verified(new, stored, services)
    // Somebody may have stored other keys while this one was waited for.
    guard var current = try await keys.stored(), current.accessKeyID == journal.oldID else {
      throw AuthError(
        .system, "the stored keys of identity `\(identity)` were changed in the meantime",
        hints: ["run `\(command)` again; it deletes the key that it made"])
    }
    current.accessKeyID = new.accessKeyID
    current.secretAccessKey = new.secretAccessKey
    try await keys.store(current)
    journal.newSecret = nil
    try await write(journal)
    effects.notice(
      "\(new.maskedAccessKeyID) works and is in the \(effects.keyring.name) keyring, replacing "
        + AWSKeys.masked(journal.oldID))
    return user
  }

  private func verified(
    _ new: AWSKeys, _ stored: StoredKeys, _ services: UserServices
  ) async throws(AuthError) -> IAMUser {
    let caller: CallerIdentity
    do {
      caller = try await untilKnown(new.maskedAccessKeyID) { () async throws(CallFailure) in
        try await services.sts.callerIdentity(of: new)
      }
    } catch {
      guard error.isUnknownKey else {
        throw services.stsError(error, "GetCallerIdentity", caller: new.maskedAccessKeyID)
      }
      throw try await neverKnown(new, stored, services)
    }
    guard let user = IAMUser(caller) else {
      throw AuthError(.refused, "the new access key belongs to \(caller.arn)")
    }
    return user
  }

  /// The key is not known after two minutes: IAM is slow, or somebody has deleted it.
  private func neverKnown(
    _ new: AWSKeys, _ stored: StoredKeys, _ services: UserServices
  ) async throws(AuthError) -> AuthError {
    let user = try await services.user(of: stored.longLived)
    let signer = try await keys.signer(stored.longLived, stored: stored, as: user, services)
    let listed = try? await services.iam.accessKeys(of: user.name, signedWith: signer)
    if let listed, !listed.contains(where: { $0.id == new.accessKeyID }) {
      try await forgetJournal()
      return AuthError(
        .refused, "the new access key was deleted by someone else: \(new.maskedAccessKeyID)",
        hints: ["the old one stays in use; run `\(command)` to begin again"])
    }
    return AuthError(
      .unavailable,
      "AWS does not know the new access key \(new.maskedAccessKeyID) of identity `\(identity)` yet",
      hints: ["the old one stays in use; run `\(command)` again in a few minutes"])
  }

  /// Takes the old key away, and with it the memory of the rotation.
  ///
  /// Without a second factor the call is signed with the new key, so IAM itself has shown that it
  /// knows that one before the old one goes.
  func removeOld(
    _ journal: RotationJournal, _ user: IAMUser, _ services: UserServices
  ) async throws(AuthError) {
    guard let current = try await keys.stored(), current.accessKeyID != journal.oldID else {
      throw AuthError(
        .system, "the stored keys of identity `\(identity)` were changed in the meantime")
    }
    let signer = try await keys.signer(current.longLived, stored: current, as: user, services)
    let action = removal == .delete ? "DeleteAccessKey" : "UpdateAccessKey"
    let old = journal.oldID
    do {
      try await untilKnown(current.longLived.maskedAccessKeyID) { () async throws(CallFailure) in
        switch removal {
        case .delete:
          try await services.iam.deleteAccessKey(old, of: user.name, signedWith: signer)
        case .deactivate:
          try await services.iam.deactivateAccessKey(old, of: user.name, signedWith: signer)
        }
      }
      effects.notice(
        "\(removal == .delete ? "deleted" : "deactivated") access key \(AWSKeys.masked(old))")
    } catch {
      guard error.code == "NoSuchEntity" else {
        var report = services.iamError(error, action, as: user, signedWith: signer)
        report.hints.insert(
          "the new key is in use; the old one, \(AWSKeys.masked(old)), still works until "
            + "`\(command)` has removed it", at: 0)
        throw report
      }
      effects.notice("access key \(AWSKeys.masked(old)) was already deleted")
    }
    try await forgetJournal()
  }

  /// What to type to go on.
  var command: String { keys.typed("user", "rotate") }

  /// Calls again while AWS does not know a key that was just made, for two minutes at most.
  ///
  /// A key is known to each service of each region some seconds after it was made.
  private func untilKnown<Result>(
    _ new: String, _ call: () async throws(CallFailure) -> Result
  ) async throws(CallFailure) -> Result {
    var waited: Int64 = 0
    var pause: Int64 = 1
    defer { effects.progress(nil) }
    while true {
      do throws(CallFailure) {
        return try await call()
      } catch {
        guard error.isUnknownKey, waited < 120 else { throw error }
      }
      effects.progress("waiting until AWS knows \(new) (\(waited) s)")
      do { try await effects.sleep(.seconds(pause)) } catch { throw .cancelled }
      waited += pause
      pause = min(pause + 1, 5)
    }
  }
}

extension CallFailure {
  /// Whether the service does not know the key that signed.
  var isUnknownKey: Bool {
    code == "InvalidClientTokenId" || code == "UnrecognizedClientException"
  }
}
