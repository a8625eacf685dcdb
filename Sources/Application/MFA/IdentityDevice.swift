import AWS
import AuthConfiguration
import Core
import Model

extension CommandContext {
  /// The MFA device that a definition names.
  func mfaDevice(of definition: Definition) -> String? {
    for section in ["credentials", "principal"] {
      let text = definition.node[section, "mfa_arn"]?.text?.trimmed ?? ""
      if !text.isEmpty { return text }
    }
    return nil
  }

  /// The MFA device of an identity or of the nearest one that it is obtained with, and which of them
  /// it is of.
  ///
  /// - Throws: ``AuthError`` with code `usage` if none names one.
  func mfaDevice(
    for who: Resolution
  ) async throws(AuthError) -> (device: String, identity: String) {
    let full = try who.configuration.full()
    for step in who.record.chain.reversed() where step.section == .identity {
      if let definition = full.definition(.identity, step.name) {
        if let device = mfaDevice(of: definition) { return (device, step.name) }
        if kind(step)?.storesKeys == true,
          let device = try await storedDevice(of: step.name, in: who.configuration)
        {
          return (device, step.name)
        }
      }
    }
    throw AuthError(
      .usage, "identity `\(who.record.name)` has no MFA device",
      hints: [
        "name it in the definition: `credentials.mfa_arn` or `principal.mfa_arn`",
        "or give `--device ARN`",
      ])
  }

  /// The device that was stored with an IAM user's keys.
  private func storedDevice(
    of name: String, in configuration: Configuration
  ) async throws(AuthError) -> String? {
    let entry = KeyringEntry.stored(realm: try configuration.full().realm, name: name)
    let effects = try effects(in: configuration)
    guard let bytes = try await effects.keyring.read(entry) else { return nil }
    try effects.origins.check(entry, for: name)
    return try StoredKeys(entry: bytes)?.mfaARN
  }
}
