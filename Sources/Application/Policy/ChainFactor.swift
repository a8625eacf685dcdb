import AuthConfiguration
import Core
import Model
import OneTimeCodes
import Sessions

/// The link of a chain that proves that a person is there: the one that takes a code, or else the one
/// that a person logs in to.
struct ChainFactor {
  /// The chain.
  var chain: Chain
  /// The link.
  var index: Int
  /// The device whose code is asked for; `nil` for a login.
  var device: String?
  /// Whether it takes no person.
  var comesAlone: Bool
  /// Whether a code came with the command.
  var isGiven: Bool

  /// Finds it; `nil` if nothing in the chain takes a person, or sessions are never remembered.
  static func find(
    for who: Resolution, _ context: CommandContext
  ) async throws(AuthError) -> ChainFactor? {
    var chain = try who.configuration.chain(for: who.record.name)
    if let narrowed = who.narrowed { chain = try chain.narrowed(by: narrowed.narrowing) }
    guard chain.isRemembered(chain.links.count - 1) else { return nil }
    let effects = try context.effects(in: who.configuration)
    let isGiven =
      context.mfaCode != nil || !(effects.environment[CodeBroker.variable] ?? "").isEmpty
    for index in chain.links.indices.reversed() {
      let source = await chain.links[index].source.withStored(
        realm: chain.realm, effects: effects)
      guard let device = source.traits.first(where: { $0.name == "mfa" })?.value else { continue }
      let need = await source.personNeed(
        after: nil, realm: chain.realm, effects: effects)
      return ChainFactor(
        chain: chain, index: index, device: device, comesAlone: need == .unneeded,
        isGiven: isGiven)
    }
    for index in chain.links.indices.reversed() {
      let need = await chain.links[index].source.personNeed(
        after: nil, realm: chain.realm, effects: effects)
      if need == .unneeded { continue }
      return ChainFactor(
        chain: chain, index: index, device: nil, comesAlone: false, isGiven: isGiven)
    }
    return nil
  }
}
