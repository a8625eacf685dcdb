import Core
import Model

extension AWSUserSource {
  /// The keyring's entry; one that holds a session is not an answer to "which keys make sessions".
  func storedKeys(_ request: LinkRequest) async throws(AuthError) -> StoredKeys? {
    let entry = KeyringEntry.stored(realm: request.realm, name: name)
    let bytes: Secret?
    do throws(AuthError) {
      bytes = try await request.effects.keyring.read(entry)
    } catch {
      guard error.code == .badConfiguration else { throw error }
      throw error.hint("then store the keys again with `\(configureCommand(request.effects))`")
    }
    guard let bytes else { return nil }
    try request.effects.origins.check(entry, for: name)
    do {
      guard let keys = try StoredKeys(entry: bytes), keys.sessionToken == nil else { return nil }
      return keys
    } catch {
      throw AuthError(
        .badConfiguration, "the stored keys of identity `\(name)` cannot be read",
        hints: ["store them again with `\(configureCommand(request.effects))`"], cause: error)
    }
  }

  /// What stores the identity's keys.
  func configureCommand(_ effects: Effects) -> String {
    effects.typed("user", "configure", "-i", name)
  }

  /// The error for stored keys that STS does not know; `nil` if `error` says something else.
  func invalidKeys(_ stored: StoredKeys, _ error: AuthError) -> AuthError? {
    guard let cause = error.cause as? ServiceError, cause.code == "InvalidClientTokenId" else {
      return nil
    }
    var refusal = error
    refusal.message =
      "the stored access keys \(stored.longLived.maskedAccessKeyID) of identity `\(name)` are not "
      + "valid"
    return refusal
  }

  /// Asks for the keys that replace stored ones; the user, and so the device, stays the same.
  func replacement(
    of stored: StoredKeys, _ interaction: any Interaction
  ) async throws(AuthError) -> StoredKeys {
    var keys = stored
    keys.accessKeyID = try PastedKeys.accessKeyID(
      try await interaction.ask("Access Key ID: ", hidden: false).revealed())
    keys.secretAccessKey = try PastedKeys.secretAccessKey(
      try await interaction.ask("Secret Access Key: ", hidden: true))
    return keys
  }

  /// Stores keys that work.
  ///
  /// If that fails, what they were asked for is there all the same.
  func store(_ keys: StoredKeys, _ request: LinkRequest) async {
    do throws(AuthError) {
      let entry = KeyringEntry.stored(realm: request.realm, name: name)
      try await request.effects.keyring.write(keys.entry(), entry)
      request.effects.origins.didStore(entry, for: name)
      request.effects.notice("stored the new access keys of identity `\(name)`")
      await request.effects.didReplaceKeys(name)
    } catch {
      request.effects.notice(
        "the new access keys of identity `\(name)` work, but are not stored: \(error.message)")
    }
  }
}

extension StoredKeys {
  /// The keys as a user's own.
  var longLived: AWSKeys {
    AWSKeys(
      accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: nil,
      origin: .longLived)
  }
}
