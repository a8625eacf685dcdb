import AWS
import AuthConfiguration
import Core
import Model
import OneTimeCodes

/// The seeds of MFA devices in a keyring.
struct KeyringSeeds: DeviceSeeds {
  var broker: CodeBroker
  package var effects: Effects
  /// Whose identity the devices are used with.
  private let identity: String

  package var keyring: any Keyring { effects.keyring }

  package init(_ context: CommandContext, of who: Resolution) throws(AuthError) {
    broker = CodeBroker(given: nil, paths: context.paths)
    effects = try context.effects(in: who.configuration)
    identity = who.record.name
  }

  package func keep(_ seed: Secret, of device: String) async throws(AuthError) {
    let totp = try TOTP(text: seed)
    let entry = StoredSeed(of: device, in: keyring)
    try await entry.write(totp)
    guard try await entry.read() == totp else {
      throw AuthError(.system, "the \(keyring.name) keyring does not return what was stored")
    }
    effects.origins.didStore(entry.entryName, for: identity)
  }

  package func codes(of device: String, at now: Instant) async throws(AuthError) -> CodePair? {
    guard let totp = try await stored(device) else { return nil }
    let window = totp.window(at: now)
    try broker.take(through: window, of: totp, device: device, effects: effects)
    return CodePair(
      first: totp.code(ofWindow: window - 1), second: totp.code(ofWindow: window),
      freshAt: totp.start(ofWindow: window + 2))
  }

  /// The seed of a device, which has to be the identity's; `nil` if there is none.
  func stored(_ device: String) async throws(AuthError) -> TOTP? {
    let entry = StoredSeed(of: device, in: keyring)
    guard let totp = try await entry.read() else { return nil }
    try effects.origins.check(entry.entryName, for: identity)
    return totp
  }

  func forget(_ device: String) async throws(AuthError) {
    let entry = StoredSeed(of: device, in: keyring)
    if try await entry.remove() { effects.origins.didRemove(entry.entryName) }
  }
}
