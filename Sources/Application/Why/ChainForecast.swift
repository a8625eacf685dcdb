package import Core
import Model
import Sessions

/// What getting credentials along a chain would do, as the sessions' plan has it, without doing it.
package struct ChainForecast {
  /// What would happen at a link.
  package enum Action: Equatable {
    /// Nothing: a later link's session is used.
    case passedBy
    /// Its remembered session is used.
    case used
    /// It gets a new session, unseen.
    case renewed
    /// It gets a new session, and a person is asked.
    case asks
  }

  /// A link with what would happen.
  package struct Step {
    package var state: ChainState.Step
    package var action: Action
    /// How a new session will be; that of the remembered one when it is used.
    var expectation: Expectation
    /// Seconds it will last from now; `nil` when nobody knows, or it does not end.
    package var lasts: Int64?
    /// The age of the code that its session was given for, where that is too old to go on from, and
    /// the oldest that will do, in seconds.
    var oldCode: (age: Int64, limit: Int64)?
  }

  package let steps: [Step]

  /// Whether somebody would be asked something.
  var asksPerson: Bool { steps.contains { $0.action == .asks } }

  package init(_ state: ChainState, now: Instant) {
    let usable = Self.decision(state, now).start.link
    var note: String?
    var steps: [Step] = []
    for (index, step) in state.steps.enumerated() {
      let isNew = index > (usable ?? -1)
      let expected = step.expect(note)
      let action: Action =
        isNew ? (step.need == .unneeded ? .renewed : .asks) : index == usable ? .used : .passedBy
      let left = step.session?.expiresAt.map { now.seconds(until: $0) }
      note = isNew ? expected.note : step.session?.note ?? expected.note
      steps.append(
        Step(
          state: step, action: action, expectation: expected,
          lasts: isNew ? expected.lifetime : left,
          oldCode: isNew ? Self.oldCode(step, state, now) : nil))
    }
    self.steps = steps
  }

  private static func oldCode(
    _ step: ChainState.Step, _ state: ChainState, _ now: Instant
  ) -> (age: Int64, limit: Int64)? {
    guard let limit = state.maximumProofAge, let session = step.session, let proof = session.proof,
      session.isUsable(at: now, margin: 0), proof.at.seconds(until: now) >= limit
    else { return nil }
    return (proof.at.seconds(until: now), limit)
  }

  private static func decision(_ state: ChainState, _ now: Instant) -> ChainPlan.Decision {
    let steps = state.steps
    var plan = ChainPlan(
      count: steps.count, policy: SessionPolicy(maximumProofAge: state.maximumProofAge), now: now)
    while true {
      switch plan.next {
      case .recall(let link): plan.know(session: steps[link].session, of: link)
      case .weigh(let link): plan.know(need: steps[link].need, of: link)
      case .act(let decision): return decision
      }
    }
  }
}
