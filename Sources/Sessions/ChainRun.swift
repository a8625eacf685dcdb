internal import Core
internal import Logging
internal import Model

/// One walk along a chain: from the last link whose credential lasts, to the target.
///
/// One lock is held at a time, that of the link being refreshed.
struct ChainRun {
  private let chain: Chain
  private let policy: SessionPolicy
  private let store: SessionStore
  private let effects: Effects
  private let places: [SessionPlace]
  private let startedAt: Instant

  // What this run got itself; it need not be stored to be used.
  private var obtained: [Int: Credential] = [:]
  // What must not be used: a cloud called it ended, or a login is to replace it. Compared with what
  // is remembered, since another process may have put something better there.
  private var distrusted: [Int: Credential] = [:]
  // What was last remembered of a link, however old; it shows whether a person was needed.
  private var lastKnown: [Int: Credential] = [:]
  private var hasRestarted = false

  private var last: Int { chain.links.count - 1 }

  init(chain: Chain, policy: SessionPolicy, store: SessionStore, effects: Effects) {
    self.chain = chain
    self.policy = policy
    self.store = store
    self.effects = effects
    startedAt = effects.now()
    places = chain.links.indices.map { chain.sessionPlace(of: $0) }
  }

  mutating func credential() async throws(AuthError) -> Credential {
    if policy.forceTarget, let present = try await recall(last) { distrusted[last] = present }
    while true {
      let (decision, upstream, target) = try await decide()
      if decision.start.link == last, let target {
        effects.log.debug("the remembered session is used", metadata: facts(last, target))
        return target
      }
      if let link = decision.blocked { throw nobodyToAsk(for: link) }
      let first = decision.start.link.map { $0 + 1 } ?? 0
      effects.log.debug(
        "a session is needed",
        metadata: ["from": "\(chain.links[first].name)", "through": "\(chain.target.name)"])
      do {
        if let credential = try await refresh(from: first, upstream) { return credential }
      } catch {
        guard decision.hasSpare, let target, !Task.isCancelled, !hasEnded(target) else {
          throw error
        }
        effects.notice(
          "cannot renew `\(chain.target.name)` yet, using the existing session: \(error.message)")
        return target
      }
    }
  }
}

// MARK: - Planning

extension ChainRun {
  /// Finds what the plan asks for until it is a decision.
  ///
  /// - Returns: The decision, the session that is gone on from, and the target's own.
  private mutating func decide() async throws(AuthError) -> (
    ChainPlan.Decision, upstream: Credential?, target: Credential?
  ) {
    var plan = newPlan()
    while true {
      switch plan.next {
      case .recall(let link): plan.know(session: try await recall(link), of: link)
      case .weigh(let link): plan.know(need: await personNeed(link), of: link)
      case .act(let decision):
        return (
          decision, decision.start.link.flatMap(plan.session), plan.session(of: last)
        )
      }
    }
  }

  private func newPlan() -> ChainPlan {
    ChainPlan(count: chain.links.count, policy: policy, now: effects.now())
  }

  private func nobodyToAsk(for link: Int) -> AuthError {
    AuthError(
      .loginRequired,
      "`\(chain.target.name)` needs a login: `\(chain.links[link].name)` has to ask you",
      hints: ["run `\(loginCommand)` in a terminal"])
  }

  /// What a new credential of a link takes of a person.
  private func personNeed(_ index: Int) async -> PersonNeed {
    await chain.links[index].source.personNeed(
      after: lastKnown[index], realm: chain.realm, effects: effects)
  }

  /// The last link whose new credential takes a person.
  private func lastPerson(in links: ClosedRange<Int>) async -> Int? {
    for index in links.reversed() where await personNeed(index) != .unneeded { return index }
    return nil
  }

  /// The credential there is of a link, this run's own before any that is remembered.
  private mutating func recall(_ index: Int) async throws(AuthError) -> Credential? {
    if let credential = obtained[index] { return credential }
    guard chain.isRemembered(index),
      let credential = try await store.read(
        realm: places[index].realm, identity: places[index].name, digest: places[index].digest)
    else { return nil }
    lastKnown[index] = credential
    return distrusted[index].map { Self.isSame($0, credential) } == true ? nil : credential
  }

  private static func isSame(_ left: Credential, _ right: Credential) -> Bool {
    left.issuedAt == right.issuedAt && left.expiresAt == right.expiresAt && left.aws == right.aws
      && left.bearer == right.bearer
  }
}

// MARK: - Refreshing

extension ChainRun {
  /// Refreshes the links from `first` to the target.
  ///
  /// - Returns: The target's credential, or `nil` when it is time to plan again.
  private mutating func refresh(
    from first: Int, _ upstream: Credential?
  ) async throws(AuthError) -> Credential? {
    var upstream = upstream
    for index in first...last {
      guard let credential = try await refresh(index, upstream) else { return nil }
      upstream = credential
    }
    guard let credential = upstream else { return nil }
    try checkLifetime(credential)
    return credential
  }

  private mutating func refresh(
    _ index: Int, _ upstream: Credential?
  ) async throws(AuthError) -> Credential? {
    guard chain.isRemembered(index), store.isShared else { return try await call(index, upstream) }
    try await chain.links[index].source.checkStored(
      after: lastKnown[index], realm: chain.realm, effects: effects)
    // Before a person is asked and a one-time code spent.
    try await store.prepare()
    let turn = RefreshTurn(
      paths: store.paths, realm: places[index].realm, name: places[index].name,
      shownName: chain.links[index].name, effects: effects)
    let (lock, wasGivenUp) = try await turn.lock()
    defer { withExtendedLifetime(lock) {} }
    if let credential = try await recall(index) {
      // Another process was faster; perhaps with the links that follow, too.
      if newPlan().isLasting(credential, of: index) {
        effects.log.debug("another process has renewed it", metadata: facts(index, credential))
        return nil
      }
      // It does not last, but it is as good as the cloud gives: a second one would be no better.
      if credential.issuedAt >= startedAt, !hasEnded(credential) {
        obtained[index] = credential
        return credential
      }
    }
    let need = await personNeed(index)
    if wasGivenUp, need != .unneeded {
      throw AuthError(
        .loginRequired,
        "the login to `\(chain.links[index].name)` was given up or failed in another process",
        hints: ["run `\(loginCommand)` to try again"])
    }
    // Refresh tokens, too, work only once.
    if need == .present || lastKnown[index]?.hasRefreshToken == true {
      try store.checkRoom(realm: places[index].realm, identity: places[index].name)
    }
    do {
      return try await call(index, upstream)
    } catch {
      // A refresh token that was refused makes a person needed on the way.
      if error.code == .loginRequired || error.code == .refused || error.code.isWanted {
        let isAsked = need == .present ? true : await personNeed(index) == .present
        if isAsked { turn.giveUp() }
      }
      throw error
    }
  }

  /// Asks the link's source, and remembers what it gave.
  ///
  /// - Returns: `nil` when the credential of the link before has ended and the chain is to be
  ///   planned again, which happens once.
  private mutating func call(
    _ index: Int, _ upstream: Credential?
  ) async throws(AuthError) -> Credential? {
    if let upstream, hasEnded(upstream), !hasRestarted {
      begin(againFrom: index, distrusting: upstream)
      return nil
    }
    var credential: Credential
    do {
      credential = try await chain.links[index].source.credential(
        LinkRequest(
          realm: chain.realm, upstream: upstream, previous: lastKnown[index],
          loginCommand: loginCommand, effects: effects))
    } catch {
      if let spare = try await settle(index, error) { return spare }
      guard let upstream, !hasRestarted, !Task.isCancelled,
        error.code == .expiredUpstream || hasEnded(upstream)
      else { throw error }
      effects.log.debug("the link before has ended", metadata: facts(index - 1, upstream))
      begin(againFrom: index, distrusting: upstream)
      return nil
    }
    credential.proof = credential.proof ?? upstream?.proof
    effects.log.debug("a session was given", metadata: facts(index, credential))
    obtained[index] = credential
    lastKnown[index] = credential
    if chain.isRemembered(index) { try await remember(credential, index) }
    return credential
  }

  private mutating func remember(
    _ credential: Credential, _ index: Int
  ) async throws(AuthError) {
    try await store.write(
      credential, realm: places[index].realm, identity: places[index].name,
      digest: places[index].digest, renewableUntil: try await renewableUntil(index))
  }

  /// What a failed renewal means for the credential there is.
  ///
  /// - Returns: That credential, when it still works and only the way to its issuer does not.
  private mutating func settle(
    _ index: Int, _ error: AuthError
  ) async throws(AuthError) -> Credential? {
    guard var known = lastKnown[index], known.bearer != nil || known.renewal != nil,
      chain.links[index].source.renewsFirst, !Task.isCancelled
    else { return nil }
    let isDistrusted = distrusted[index].map { Self.isSame($0, known) } ?? false
    if error.code == .unavailable, index != last, !isDistrusted,
      known.isUsable(at: effects.now(), margin: 10)
    {
      obtained[index] = known
      return known
    }
    // The issuer refused to renew it. Those who come next would ask in vain, one after the other.
    if error.code == .loginRequired, known.hasRefreshToken, chain.isRemembered(index) {
      known = known.withoutRefreshToken
      if isDistrusted { known.expiresAt = min(known.expiresAt ?? Facts.always, effects.now()) }
      lastKnown[index] = known
      try await remember(known, index)
    }
    return nil
  }

  /// What logs say of a link and its credential.
  private func facts(_ index: Int, _ credential: Credential) -> Logger.Metadata {
    [
      "link": "\(chain.links[index].name)",
      "ends": "\(credential.expiresAt.map(Timestamp.rfc3339) ?? "never")",
    ]
  }

  /// What a person types to log in to the target.
  private var loginCommand: String {
    chain.target.kind.section == .provider
      ? effects.typed("login", "--provider", chain.target.name)
      : effects.typed("login", chain.target.name)
  }

  private func hasEnded(_ credential: Credential) -> Bool {
    !credential.isUsable(at: effects.now(), margin: 0)
  }

  private mutating func begin(againFrom index: Int, distrusting upstream: Credential) {
    hasRestarted = true
    obtained[index - 1] = nil
    distrusted[index - 1] = upstream
  }

  /// Until when a link can be renewed without a person: the latest end of a credential that no link
  /// which asks one comes after.
  private mutating func renewableUntil(_ index: Int) async throws(AuthError) -> Instant {
    // What renews a token ends as well, and then a person is asked.
    let renewed = (0...index).last { lastKnown[$0]?.hasRefreshToken == true }
    let asked = await lastPerson(in: 0...index)
    guard let lastPerson = [renewed, asked].compactMap({ $0 }).max() else { return Facts.always }
    var latest = Instant(secondsSince1970: 0)
    for link in lastPerson...index {
      let found = link == index ? lastKnown[index] : try await recall(link)
      guard let credential = found else { continue }
      latest = max(latest, credential.expiresAt ?? Facts.always)
      if let end = credential.renewableUntil { latest = max(latest, end) }
    }
    return latest
  }

  private func checkLifetime(_ credential: Credential) throws(AuthError) {
    guard let minimum = policy.minimumValidity, let end = credential.expiresAt else { return }
    let given = max(0, effects.now().seconds(until: end))
    guard given < minimum else { return }
    throw AuthError(
      .refused,
      "a new session of `\(chain.target.name)` lasts \(DurationText.text(given)), less than the "
        + "\(DurationText.text(minimum)) asked for",
      hints: ["ask for less, or raise the role's duration where the cloud allows it"])
  }
}
