package import AuthConfiguration
package import Core
import Sessions

/// What `list` shows: the chosen part of the configuration, with the state of each session.
package struct Listing {
  /// What is shown.
  package struct Filter {
    /// Only these providers, or all when empty; `nil` for both sections.
    package var providers: [String]?
    /// Only these identities, or all when empty; `nil` for both sections.
    package var identities: [String]?
    /// Only what has one of these; all when empty.
    package var tags: [String]

    /// Creates a filter.
    package init(providers: [String]?, identities: [String]?, tags: [String]) {
      self.providers = providers
      self.identities = identities
      self.tags = tags
    }
  }

  /// How long a session still lasts.
  package enum State {
    /// There is none.
    case none
    /// Seconds left.
    case valid(Int64)
    /// Fifteen minutes or less are left.
    case ending(Int64)
    /// It has ended; the word says whether it comes back without a person.
    case ended(isRenewable: Bool)

    /// The text beside a name.
    package var text: String? {
      switch self {
      case .none: nil
      case .valid(let seconds), .ending(let seconds): Remaining.text(seconds: seconds)
      case .ended(let isRenewable): isRenewable ? "expired, renews itself" : "expired"
      }
    }

    /// The word for programs, as in `ATMOS_AUTH_STATE`.
    package var word: String? {
      switch self {
      case .none: nil
      case .valid: "valid"
      case .ending: "expiring"
      case .ended(let isRenewable): isRenewable ? "renewable" : "expired"
      }
    }
  }

  package var providers: [ProviderRecord]
  package var identities: [IdentityRecord]
  private let states: [String: State]
  private let expiries: [String: Instant]

  package init(
    catalog: Catalog, sessions: [String: Facts], now: Instant, filter: Filter
  ) throws(AuthError) {
    let tags = Set(filter.tags)
    func hasTag(_ own: [String]) -> Bool { tags.isEmpty || !tags.isDisjoint(with: own) }
    func named(_ names: [String], _ name: String) -> Bool {
      names.isEmpty || names.contains { $0.lowercased() == name.lowercased() }
    }
    for name in filter.providers ?? [] { _ = try catalog.provider(named: name) }
    for name in filter.identities ?? [] { _ = try catalog.identity(named: name) }
    providers =
      filter.identities != nil
      ? [] : catalog.providers.filter { hasTag($0.tags) && named(filter.providers ?? [], $0.name) }
    identities =
      filter.providers != nil
      ? []
      : catalog.identities.filter { hasTag($0.tags) && named(filter.identities ?? [], $0.name) }
    if providers.isEmpty, identities.isEmpty {
      guard tags.isEmpty else {
        let own = catalog.providers.flatMap(\.tags) + catalog.identities.flatMap(\.tags)
        throw catalog.nothingTagged(filter.tags, among: own)
      }
      throw catalog.nothingDefined()
    }
    expiries = sessions.compactMapValues(\.expiresAt)
    states = sessions.mapValues { facts in
      guard let expiry = facts.expiresAt else { return .valid(.max) }
      let left = now.seconds(until: expiry)
      if left > 900 { return .valid(left) }
      if left > 0 { return .ending(left) }
      return .ended(isRenewable: now < facts.renewableUntil)
    }
  }

  /// The state of an identity's session.
  package func state(_ identity: IdentityRecord) -> State {
    states[identity.name.lowercased()] ?? .none
  }

  /// When an identity's session ends or ended; `nil` if there is none, or one without an end.
  func expiry(_ identity: IdentityRecord) -> Instant? { expiries[identity.name.lowercased()] }
}

extension CommandContext {
  /// The facts of every session of this realm that may still be used, by lowercased name.
  package func sessionFacts() throws(AuthError) -> [String: Facts] {
    let catalog = try configuration.readableCatalog(mayBeMissing: true)
    let realm = catalog.realm
    let directory = paths.sessionDirectory(realm: realm)
    var result: [String: Facts] = [:]
    for file in try FileSystem.list(directory) ?? [] where file.hasSuffix(".facts") {
      guard let facts = Facts.read("\(directory)/\(file)"), facts.state == .valid,
        !isOfAnotherClock(facts, "\(directory)/\(file.dropLast("facts".count))session")
      else { continue }
      result[facts.identity.lowercased()] = facts
    }
    guard IdleSession.isAny(paths) else { return result }
    return result.filter { name, _ in
      catalog.find(name).flatMap { IdleSession($0, realm: realm, paths) }?
        .end(at: now) == nil
    }
  }

  // Whether a session was issued when the clock was ahead of what it shows now. Few last for so long
  // that the file is worth a look.
  private func isOfAnotherClock(_ facts: Facts, _ session: String) -> Bool {
    guard let expiry = facts.expiresAt, now.seconds(until: expiry) > 12 * 3600,
      let stamp = FileSystem.stamp(session)
    else { return false }
    return Instant(secondsSince1970: stamp.modified / 1_000_000_000).isAhead(of: now)
  }
}
