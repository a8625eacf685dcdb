public import Core
public import Model

/// Gets the credential of a chain, doing as little as is needed: what is remembered and lasts is
/// used, the rest is fetched once, however many processes ask.
public struct SessionManager: Sendable {
  private let store: SessionStore
  private let effects: Effects

  /// Creates a manager.
  public init(store: SessionStore, effects: Effects) {
    self.store = store
    self.effects = effects
  }

  /// The credential of the chain's target.
  ///
  /// The chain is resumed after the last link whose remembered credential still lasts. Each link
  /// after it is refreshed by one process under a lock; the others wait and read what that one
  /// stored. Failures are not remembered: whoever comes next tries again.
  ///
  /// Cancelling the task ends a wait at once, and a source's call as ``CredentialSource`` says.
  ///
  /// - Throws: ``AuthError``: what a source threw; `loginRequired` if a person is needed and there
  ///   is none to ask; `refused` if the cloud gives shorter sessions than
  ///   ``SessionPolicy/minimumValidity``; `unavailable` after waiting in vain for another process;
  ///   `system` if the result cannot be stored.
  public func credential(
    for chain: Chain, policy: SessionPolicy = SessionPolicy()
  ) async throws(AuthError) -> Credential {
    var effects = effects
    if !policy.allowPerson {
      (effects.interaction, effects.pageDisplay, effects.desktop) = (nil, nil, nil)
      (effects.browser, effects.callbacks, effects.signInBrowser) = (nil, nil, nil)
    }
    var run = ChainRun(chain: chain, policy: policy, store: store, effects: effects)
    return try await run.credential()
  }

  /// The credential remembered for the chain's target, if it lasts for `minimumValidity` more
  /// seconds; nobody is asked for a new one.
  public func remembered(
    for chain: Chain, minimumValidity: Int64 = 0
  ) async throws(AuthError) -> Credential? {
    let place = chain.sessionPlace(of: chain.links.count - 1)
    let credential = try await store.read(
      realm: place.realm, identity: place.name, digest: place.digest)
    guard let credential, credential.isUsable(at: effects.now(), margin: minimumValidity) else {
      return nil
    }
    return credential
  }

  /// Forgets the session of the chain's target, and tells the service where one can be told.
  ///
  /// It is forgotten here first: what the service cannot be told is gone from this machine all the
  /// same.
  ///
  /// - Returns: What became of it.
  /// - Throws: ``AuthError`` with code `system` if it cannot be removed.
  public func end(_ chain: Chain) async throws(AuthError) -> EndedSession {
    let place = chain.sessionPlace(of: chain.links.count - 1)
    // A keyring that stays locked is not a reason to keep the file.
    let known = try? await store.read(
      realm: place.realm, identity: place.name, digest: place.digest)
    var ended = EndedSession()
    ended.wasRemembered = try await store.remove(realm: place.realm, identity: place.name)
    if try chain.target.source.forget(realm: chain.realm, effects: effects) {
      ended.wasRemembered = true
    }
    guard let known, !known.isOver(at: effects.now()) else { return ended }
    do throws(AuthError) {
      ended.isEndedAtService = try await chain.target.source.end(known, effects: effects)
    } catch {
      ended.failure = error
    }
    return ended
  }
}

/// What became of a session that was to end.
public struct EndedSession: Sendable {
  /// Whether there was one on this machine.
  public var wasRemembered = false
  /// Whether the service ended it, too.
  public var isEndedAtService = false
  /// Why the service could not be told.
  public var failure: AuthError?

  /// Creates an outcome of nothing.
  public init() {}
}
