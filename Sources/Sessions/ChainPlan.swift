public import Core
public import Model

/// What getting a credential along a chain takes: the session it goes on from, the links that get a
/// new one, and the person who is needed for that.
///
/// A value without effects, in the manner of a state machine: ``next`` names the fact that is
/// missing, the caller looks it up and hands it in, until there is a decision. So no more is looked
/// up than the decision rests on; a session that lasts is read alone.
public struct ChainPlan: Sendable {
  /// What is to be done next.
  public enum Next: Equatable, Sendable {
    /// Say which session of this link is remembered.
    case recall(Int)
    /// Say what a new session of this link takes of a person.
    case weigh(Int)
    /// Everything is known.
    case act(Decision)
  }

  /// What is to be done, once all is known.
  public struct Decision: Equatable, Sendable {
    /// Where the chain is resumed; the links after it get a new session.
    public var start: Start
    /// The link that needs a person where there is none, with others to be refreshed before it in
    /// vain; `nil` when nothing is known to fail.
    ///
    /// A first link that needs a person is left to its source, whose own error says it better.
    public var blocked: Int?
    /// Whether the target's own session nears its end, but will do if renewing fails.
    public var hasSpare = false
  }

  /// Where a chain is resumed, and why there.
  public enum Start: Equatable, Sendable {
    /// Before the first link: no session will do.
    case beginning
    /// After this link, the last whose session lasts.
    case lasting(Int)
    /// After this link, whose session nears its end but still works: anything else would ask a
    /// person for what they were asked for before.
    case sparingPerson(Int)

    /// The link whose session is used; `nil` when there is none.
    public var link: Int? {
      switch self {
      case .beginning: nil
      case .lasting(let link), .sparingPerson(let link): link
      }
    }
  }

  /// Seconds that a session must have left to be used although it nears its end: those of the
  /// request that uses it.
  private static let leastLeft: Int64 = 10

  private let last: Int
  private let policy: SessionPolicy
  private let now: Instant
  // What is not in here was not said yet.
  private var sessions: [Int: Credential?] = [:]
  private var needs: [Int: PersonNeed] = [:]

  /// Creates a plan of which nothing is known yet.
  ///
  /// - Parameters:
  ///   - count: How many links the chain has, at least 1.
  ///   - policy: What is asked of the credential.
  ///   - now: The time for which it is made.
  public init(count: Int, policy: SessionPolicy, now: Instant) {
    last = count - 1
    self.policy = policy
    self.now = now
  }

  /// Says which session of a link is remembered, usable or not; `nil` for none.
  public mutating func know(session: Credential?, of link: Int) {
    sessions.updateValue(session, forKey: link)
  }

  /// Says what a new session of a link takes of a person.
  public mutating func know(need: PersonNeed, of link: Int) { needs[link] = need }

  /// The session of a link, if one was said to be remembered.
  func session(of link: Int) -> Credential? { sessions[link] ?? nil }

  /// Whether a session of a link is as good as a new one.
  func isLasting(_ session: Credential, of link: Int) -> Bool {
    let required = link == last ? policy.minimumValidity : nil
    return isYoung(session, of: link)
      && session.isUsable(at: now, margin: required ?? session.renewalMargin)
  }

  /// Whether a session before the target's was given for a code that is not too old.
  private func isYoung(_ session: Credential, of link: Int) -> Bool {
    guard link != last, let limit = policy.maximumProofAge, let proof = session.proof else {
      return true
    }
    return !proof.at.isAhead(of: now) && proof.at.seconds(until: now) < limit
  }

  /// What is to be done next.
  public var next: Next {
    var lasting: Int?
    for link in stride(from: last, through: 0, by: -1) {
      guard let known = sessions[link] else { return .recall(link) }
      guard let known, isLasting(known, of: link) else { continue }
      lasting = link
      break
    }
    if lasting == last { return .act(Decision(start: .lasting(last))) }
    return choose(lasting)
  }

  /// Decides once it is known which session lasts, and that it is not the target's.
  private func choose(_ lasting: Int?) -> Next {
    let links = (lasting.map { $0 + 1 } ?? 0)...last
    var decision = Decision(start: lasting.map(Start.lasting) ?? .beginning)
    decision.hasSpare = !policy.forceTarget && isFading(last)

    var lastAsking: Int?
    for link in links.reversed() where lastAsking == nil {
      guard let need = needs[link] else { return .weigh(link) }
      if need != .unneeded { lastAsking = link }
    }
    guard let lastAsking else { return .act(decision) }
    // Nobody is asked while what they were asked for before still works. Who logs in asked for it.
    if !policy.forceTarget, let link = (lastAsking...last).first(where: isFading) {
      decision.start = .sparingPerson(link)
      return .act(decision)
    }
    for link in links {
      guard let need = needs[link] else { return .weigh(link) }
      if need == .unneeded { continue }
      if need == .absent, link > links.lowerBound { decision.blocked = link }
      break
    }
    return .act(decision)
  }

  /// Whether a session that does not last works all the same.
  private func isFading(_ link: Int) -> Bool {
    guard let session = session(of: link), isYoung(session, of: link) else { return false }
    // What was required of the target is not bargained with.
    if link == last, policy.minimumValidity != nil { return false }
    return session.isUsable(at: now, margin: min(Self.leastLeft, session.renewalMargin))
  }
}
