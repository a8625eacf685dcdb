import AuthConfiguration
package import Core
package import Model
import Sessions

/// What is known on this machine of an identity's chain, link by link.
package struct ChainState {
  /// One link.
  package struct Step {
    package var name: String
    package var kind: String
    /// What it would do.
    var traits: [Trait]
    /// Whether its session may be remembered.
    package var isRemembered: Bool
    /// The session that is remembered, usable or not.
    package var session: Credential?
    /// What a new session takes of a person.
    var need: PersonNeed
    /// How a new session will be.
    var expect: @Sendable (_ note: String?) -> Expectation
  }

  /// The links, the one that starts the chain first.
  package var steps: [Step]
  /// How old a code may be that a new session of the last link rests on, in seconds; `nil` for any.
  var maximumProofAge: Int64?
  /// Why the session of the last link ends before it is used again; `nil` if it does not.
  package var ended: String?

  /// The device whose code a link asks for; `nil` when it asks for no code.
  package static func device(_ step: Step) -> String? {
    step.traits.first { $0.name == "mfa" }?.value
  }
}

extension CommandContext {
  /// The state of an identity's chain; nothing is asked, sent or run.
  ///
  /// - Throws: ``AuthError``: what is wrong with the chain; `usage` when it rests on the output of
  ///   a command.
  package func chainState(of who: Resolution) async throws(AuthError) -> ChainState {
    let record = who.record
    guard record.isStable else {
      throw AuthError(
        .usage, "`\(record.name)` depends on a command's output, and `why` runs no commands")
    }
    var state = try await state(
      of: try who.configuration.describedChain(for: record.name), in: who.configuration)
    state.maximumProofAge = try who.maximumProofAge
    if let last = state.steps.indices.last, state.steps[last].session != nil {
      state.ended = try idleEnd(of: who)
      if state.ended != nil { state.steps[last].session = nil }
    }
    return state
  }

  /// The same with nobody to ask, and with keyrings of its own that cannot ask for a password.
  private var withoutPerson: CommandContext {
    var surroundings = surroundings
    surroundings.environment["ATMOS_INTERACTIVE"] = "false"
    return CommandContext(surroundings, system: system, flags: flags, logs: logSettings)
  }

  /// The state of a chain.
  package func state(
    of chain: Chain, in configuration: Configuration
  ) async throws(AuthError) -> ChainState {
    let store = try sessionStore(in: configuration)
    let effects = try effects(in: configuration)
    var quiet = effects
    (quiet.interaction, quiet.pageDisplay) = (nil, nil)
    // What is kept in memory only is in the one that is open.
    if effects.keyring.isPersistent {
      quiet.keyring = try withoutPerson.opened(in: configuration).keyring
    }
    var steps: [ChainState.Step] = []
    for (index, link) in chain.links.enumerated() {
      let isRemembered = chain.isRemembered(index)
      let place = chain.sessionPlace(of: index)
      let session =
        isRemembered
        ? try await store.read(realm: place.realm, identity: place.name, digest: place.digest) : nil
      let source = await link.source.withStored(realm: chain.realm, effects: quiet)
      steps.append(
        ChainState.Step(
          name: link.name, kind: link.kind.name, traits: source.traits,
          isRemembered: isRemembered, session: session,
          need: await source.personNeed(after: session, realm: chain.realm, effects: effects),
          expect: { source.expectation(after: $0) }))
    }
    return ChainState(steps: steps)
  }
}
