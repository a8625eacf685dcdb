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
    if !policy.allowPerson { effects.interaction = nil }
    var run = ChainRun(chain: chain, policy: policy, store: store, effects: effects)
    return try await run.credential()
  }

  /// The credential remembered for the chain's target, if it lasts for `minimumValidity` more
  /// seconds; nobody is asked for a new one.
  public func remembered(
    for chain: Chain, minimumValidity: Int64 = 0
  ) async throws(AuthError) -> Credential? {
    let last = chain.links.count - 1
    let credential = try await store.read(
      realm: chain.realm, identity: SessionStore.name(of: chain.links[last]),
      digest: chain.sessionDigest(through: last))
    guard let credential, credential.isUsable(at: effects.now(), margin: minimumValidity) else {
      return nil
    }
    return credential
  }
}
