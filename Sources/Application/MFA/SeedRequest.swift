package import Core
import Model
import OneTimeCodes
import Terminal

/// What `mfa add` and `mfa remove` do, apart from the command line.
package struct SeedRequest {
  /// The device as given; `nil` for the identity's.
  package var device: String?

  /// Creates it from its parts.
  package init(device: String? = nil) {
    self.device = device
  }

  package func add(_ context: CommandContext, replaces: Bool) async throws(AuthError) -> Int32 {
    try context.requirePerson(for: "mfa add")
    let (device, identity, configuration) = try await device(context)
    let effects = try context.effects(in: configuration)
    let keyring = effects.keyring
    let entry = StoredSeed(of: device, in: keyring)
    let terminal = context.personAtInput
    if !replaces, try await keyring.read(entry.entryName) != nil {
      try await confirm(device, terminal)
    }
    let seed: Secret
    if let terminal {
      seed = try await terminal.ask("Seed of \(DisplayText.sanitized(device)): ", hidden: true)
    } else {
      guard !context.surroundings.inputIsTerminal, let read = context.system.input(4096) else {
        throw AuthError(
          .loginRequired, "the seed is missing, and there is no terminal to ask on",
          hints: ["give it on standard input, as text or `otpauth://` address"])
      }
      seed = read
    }
    let totp = try TOTP(text: seed)
    if totp.digits != 6 {
      throw AuthError(.usage, "the device makes codes of \(totp.digits) digits; AWS' have 6")
    }
    try await entry.write(totp)
    effects.origins.didStore(entry.entryName, for: identity)
    let mark = context.err.symbol("✓", plain: "ok")
    context.say("\(mark) Stored the seed of \(device) in the \(keyring.name) keyring")
    context.say(
      "  Logins make codes from it if `keyring` is among their sources (the default).")
    if !keyring.isPersistent {
      context.say("the `memory` keyring forgets it when this process ends")
    }
    return 0
  }

  package func remove(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let (device, _, configuration) = try await device(context)
    let effects = try context.effects(in: configuration)
    let keyring = effects.keyring
    let entry = StoredSeed(of: device, in: keyring)
    guard try await entry.remove() else {
      throw AuthError(
        .usage, "the \(keyring.name) keyring has no seed of \(DisplayText.sanitized(device))",
        hints: ["`atmos-auth mfa status` lists those it has"])
    }
    effects.origins.didRemove(entry.entryName)
    let mark = context.err.symbol("✓", plain: "ok")
    context.say("\(mark) Removed the seed of \(device) from the \(keyring.name) keyring")
    context.say("  The device itself is still registered.")
    return 0
  }

  /// The device, and the identity that it is of; `nil` if it was named by itself.
  private func device(
    _ context: CommandContext
  ) async throws(AuthError) -> (String, identity: String?, Configuration) {
    if let device {
      let plain = device.trimmed
      guard !plain.isEmpty, DisplayText.sanitized(plain) == plain, !plain.contains(" ") else {
        throw AuthError(
          .usage, "`--device` is neither an ARN nor a serial number",
          hints: ["it looks like `arn:aws:iam::123456789012:mfa/jane`"])
      }
      guard !plain.contains(":u2f/") else {
        throw AuthError(
          .usage, "\(plain) is a security key, which has no codes",
          hints: ["add a virtual MFA device to the user"])
      }
      return (plain, nil, context.configuration)
    }
    let who = try await context.requiredIdentity()
    try await context.approve(who)
    let (device, identity) = try await context.mfaDevice(for: who)
    return (device, identity, who.configuration)
  }

  private func confirm(_ device: String, _ terminal: (any Interaction)?) async throws(AuthError) {
    let shown = DisplayText.sanitized(device)
    guard let terminal else {
      throw AuthError(
        .refused, "the keyring already has a seed of \(shown)", hints: ["`--replace` replaces it"])
    }
    let answer = try await terminal.ask(
      "The keyring has a seed of \(shown). Replace it? [y/N] ", hidden: false
    ).revealed().trimmed.lowercased()
    guard answer == "y" || answer == "yes" else {
      throw AuthError(.refused, "nothing was changed")
    }
  }
}
