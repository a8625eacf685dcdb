package import Core
import Model

/// What getting credentials along a chain would do, decided as the sessions decide it, but without
/// doing it.
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
  }

  package let steps: [Step]

  /// Whether somebody would be asked something.
  var asksPerson: Bool { steps.contains { $0.action == .asks } }

  package init(_ state: ChainState, now: Instant) {
    let usable = Self.start(state.steps, now)
    var note: String?
    var steps: [Step] = []
    for (index, step) in state.steps.enumerated() {
      let isNew = index > (usable ?? -1)
      let expected = step.expect(note)
      let action: Action =
        isNew ? (step.asksPerson ? .asks : .renewed) : index == usable ? .used : .passedBy
      let left = step.session?.expiresAt.map { now.seconds(until: $0) }
      note = isNew ? expected.note : step.session?.note ?? expected.note
      steps.append(
        Step(
          state: step, action: action, expectation: expected,
          lasts: isNew ? expected.lifetime : left))
    }
    self.steps = steps
  }

  /// The link whose session is gone on from, as ChainRun chooses it: the last one that lasts; but
  /// nobody is asked while what they were asked for before still works.
  private static func start(_ steps: [ChainState.Step], _ now: Instant) -> Int? {
    func works(_ step: ChainState.Step, _ margin: (Credential) -> Int64) -> Bool {
      step.session.map { $0.isUsable(at: now, margin: margin($0)) } ?? false
    }
    let lasting = steps.lastIndex { works($0, \.renewalMargin) }
    let next = lasting.map { $0 + 1 } ?? 0
    guard let asking = steps.indices.last(where: { $0 >= next && steps[$0].asksPerson }) else {
      return lasting
    }
    return steps.indices.first { $0 >= asking && works(steps[$0]) { min(10, $0.renewalMargin) } }
      ?? lasting
  }
}
