import Core
import Model
import Testing

@testable import Sessions

@Suite struct ChainPlanTests {
  /// A chain in words, and what is decided about it.
  ///
  /// Each link is the seconds that its session of an hour has left, `none` or `endless`; then `?`
  /// where a new one asks a person who is there, `!` where it asks one and nobody is there. A
  /// session of an hour is renewed twelve minutes before its end.
  struct Case: CustomTestStringConvertible {
    var links: String
    var policy = SessionPolicy()
    var start: ChainPlan.Start
    var blocked: Int?
    var hasSpare = false

    var testDescription: String { "\(links), \(policy)" }
  }

  private static let login = SessionPolicy(forceTarget: true)
  private static let tenMinutes = SessionPolicy(minimumValidity: 600)

  private static let cases = [
    // Sessions alone.
    Case(links: "none", start: .beginning),
    Case(links: "3000", start: .lasting(0)),
    Case(links: "endless", start: .lasting(0)),
    Case(links: "721", start: .lasting(0)),
    Case(links: "720", start: .beginning, hasSpare: true),
    Case(links: "10", start: .beginning),
    Case(links: "11", start: .beginning, hasSpare: true),
    Case(links: "-5", start: .beginning),
    Case(links: "none 3000", start: .lasting(1)),
    Case(links: "3000 none", start: .lasting(0)),
    Case(links: "3000 3000 -5", start: .lasting(1)),
    Case(links: "3000 none none", start: .lasting(0)),
    Case(links: "none 100 none", start: .beginning),
    // A person is asked for what is gone, and for nothing that works.
    Case(links: "none?", start: .beginning),
    Case(links: "none? none", start: .beginning),
    Case(links: "none? 3000", start: .lasting(1)),
    Case(links: "3000? none", start: .lasting(0)),
    Case(links: "100?", start: .sparingPerson(0), hasSpare: true),
    Case(links: "100? none", start: .sparingPerson(0)),
    Case(links: "100? 100", start: .sparingPerson(0), hasSpare: true),
    Case(links: "none? 100", start: .sparingPerson(1), hasSpare: true),
    Case(links: "none? 100 none", start: .sparingPerson(1)),
    Case(links: "100 none?", start: .beginning),
    Case(links: "100 none? 100", start: .sparingPerson(2), hasSpare: true),
    Case(links: "100? none? none", start: .beginning),
    Case(links: "3000 none? none", start: .lasting(0)),
    Case(links: "10?", start: .beginning),
    Case(links: "100!", start: .sparingPerson(0), hasSpare: true),
    // Nobody is there: the first link says so itself, for others nothing is refreshed in vain.
    Case(links: "none!", start: .beginning),
    Case(links: "none! none", start: .beginning),
    Case(links: "none none!", start: .beginning, blocked: 1),
    Case(links: "3000 none!", start: .lasting(0)),
    Case(links: "3000 none none! none", start: .lasting(0), blocked: 2),
    Case(links: "none none? none!", start: .beginning),
    // A login gets the target a new session, whoever is asked.
    Case(links: "100?", policy: login, start: .beginning),
    Case(links: "3000 100?", policy: login, start: .lasting(0)),
    Case(links: "100? none", policy: login, start: .beginning),
    // A minimum counts in place of the margin, and is not bargained with.
    Case(links: "601", policy: tenMinutes, start: .lasting(0)),
    Case(links: "600", policy: tenMinutes, start: .beginning),
    Case(links: "600?", policy: tenMinutes, start: .beginning),
    Case(links: "100? 3000", policy: tenMinutes, start: .lasting(1)),
    Case(links: "100? 600", policy: tenMinutes, start: .sparingPerson(0)),
    Case(links: "650 none", policy: tenMinutes, start: .beginning),
  ]

  @Test(arguments: [(100, true), (0, true), (-300, true), (-301, false), (900, false)])
  func `a code that was given later than now has no known age`(age: Int64, isYoung: Bool) throws {
    let now = Instant(secondsSince1970: 1_000_000)
    var user = Credential(
      .ambient, issuedAt: now, expiresAt: now.advanced(bySeconds: 3600))
    user.proof = Credential.Proof(at: now.advanced(bySeconds: -age), device: nil)
    var plan = ChainPlan(
      count: 2, policy: SessionPolicy(maximumProofAge: 900), now: now)
    plan.know(session: nil, of: 1)
    plan.know(session: user, of: 0)
    plan.know(need: .unneeded, of: 1)
    plan.know(need: .unneeded, of: 0)
    guard case .act(let decision) = plan.next else {
      Issue.record("\(plan.next)")
      return
    }
    #expect(decision.start == (isYoung ? .lasting(0) : .beginning))
  }

  @Test(arguments: cases) func `a chain is resumed where it costs least`(_ example: Case) throws {
    let (decision, _) = try decide(example.links, example.policy)
    #expect(
      decision
        == ChainPlan.Decision(
          start: example.start, blocked: example.blocked, hasSpare: example.hasSpare))
  }

  @Test(arguments: [
    ("none? none 3000", ["recall 2"]),
    ("none? 3000 100", ["recall 2", "recall 1", "weigh 2"]),
    ("3000 none? none", ["recall 2", "recall 1", "recall 0", "weigh 2", "weigh 1"]),
    ("none none none?", ["recall 2", "recall 1", "recall 0", "weigh 2", "weigh 0", "weigh 1"]),
    ("none none none", ["recall 2", "recall 1", "recall 0", "weigh 2", "weigh 1", "weigh 0"]),
  ])
  func `no more is looked up than the decision rests on`(links: String, asked: [String]) throws {
    #expect(try decide(links, SessionPolicy()).asked == asked)
  }

  /// Answers the plan's questions about the links in `words`.
  private func decide(
    _ words: String, _ policy: SessionPolicy
  ) throws -> (decision: ChainPlan.Decision, asked: [String]) {
    let now = Instant(secondsSince1970: 1_800_000_000)
    let links = words.split(separator: " ").map(String.init)
    var plan = ChainPlan(count: links.count, policy: policy, now: now)
    var asked: [String] = []
    while true {
      switch plan.next {
      case .recall(let link):
        asked.append("recall \(link)")
        plan.know(session: try session(links[link], now), of: link)
      case .weigh(let link):
        asked.append("weigh \(link)")
        plan.know(need: need(links[link]), of: link)
      case .act(let decision): return (decision, asked)
      }
      // A plan that asks again would ask for ever.
      try #require(Set(asked).count == asked.count)
    }
  }

  private func session(_ word: String, _ now: Instant) throws -> Credential? {
    let word = word.filter { !"?!".contains($0) }
    if word == "none" { return nil }
    if word == "endless" { return Credential(.ambient, issuedAt: now, expiresAt: nil) }
    let end = now.advanced(bySeconds: try #require(Int64(word)))
    return Credential(.ambient, issuedAt: end.advanced(bySeconds: -3600), expiresAt: end)
  }

  private func need(_ word: String) -> PersonNeed {
    word.hasSuffix("?") ? .present : word.hasSuffix("!") ? .absent : .unneeded
  }
}
