import AWS
import AuthConfiguration
package import Core
import Model
import OneTimeCodes
import Terminal

/// What `mfa register` does, apart from the command line.
package struct RegistrationRequest {
  package var deviceName: String?
  package var replaces = false
  package var showsQRCode = false

  /// Creates it from its parts.
  package init(deviceName: String? = nil, replaces: Bool = false, showsQRCode: Bool = false) {
    self.deviceName = deviceName
    self.replaces = replaces
    self.showsQRCode = showsQRCode
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    if showsQRCode, !context.err.isTerminal {
      throw AuthError(
        .loginRequired, "the QR code is a secret and is only shown on a terminal",
        hints: ["run it in a terminal, or without `--qr`"])
    }
    let awsu = AWSUVariables(context.surroundings.environment)
    let showsQRCode = showsQRCode || awsu.showsQRCode && context.err.isTerminal
    let who = try await context.userIdentity("Choose an identity to make an MFA device for")
    let keys = try context.userKeys(of: who)
    let seeds = try KeyringSeeds(context, of: who)
    return try await context.replacingKeys(of: who) { () async throws(AuthError) in
      let outcome = try await DeviceRegistration(
        of: keys, seeds: seeds, deviceName: deviceName, replaces: replaces
      ).run()
      tell(outcome, who.record, keys.settings, context)
      if showsQRCode { try await show(outcome, of: awsu.issuer, seeds, context) }
      return 0
    }
  }

  private func tell(
    _ outcome: DeviceRegistration.Outcome, _ record: IdentityRecord, _ settings: UserSettings,
    _ context: CommandContext
  ) {
    let mark = context.err.styled(context.err.symbol("✓", plain: "ok"), .good)
    let device = DisplayText.sanitized(outcome.device)
    let user = DisplayText.sanitized(outcome.user.name)
    guard !outcome.wasRegistered else {
      context.err.write("\(mark) MFA device \(device) of user \(user) is already registered\n")
      return
    }
    context.err.write("\(mark) Registered MFA device \(device) for user \(user)\n")
    if let mark = settings.mfaMark, settings.mfaARN != outcome.device {
      context.say(
        "warning: \(mark.file):\(mark.line) names another device; to use this one: "
          + "`mfa_arn: \(outcome.device)`")
    } else if settings.mfaARN == nil, outcome.isStored {
      context.say(
        "It is named with the stored keys of \(record.name), so new sessions use it. Elsewhere: "
          + "`credentials.mfa_arn: \(outcome.device)`")
    } else if settings.mfaARN == nil {
      context.say(
        "To use it, add to identity \(record.name): `credentials.mfa_arn: \(outcome.device)`")
    }
  }

  /// Shows the seed for a phone.
  private func show(
    _ outcome: DeviceRegistration.Outcome, of issuer: String?, _ seeds: KeyringSeeds,
    _ context: CommandContext
  ) async throws(AuthError) {
    guard let totp = try await seeds.stored(outcome.device) else { return }
    let label = "\(issuer ?? "Amazon Web Services"):\(outcome.user.name)@\(outcome.user.account)"
    let lines = QRCode.lines(
      of: totp.address(label: label).revealed(), columns: context.err.columns,
      hasUnicode: context.err.hasUnicode, hasColor: context.err.hasColor)
    context.err.write(lines.map { $0 + "\n" }.joined())
    context.say(
      "Whoever scans it makes the same codes: scan it with your phone, then clear the screen.")
  }
}

/// What `mfa unregister` does, apart from the command line.
package struct UnregistrationRequest {
  package var device: String?
  package var isForced = false

  /// Creates it from its parts.
  package init(device: String? = nil, isForced: Bool = false) {
    self.device = device
    self.isForced = isForced
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let person = isForced ? nil : try person(context)
    let who = try await context.userIdentity("Choose an identity whose MFA device to remove")
    let keys = try context.userKeys(of: who)
    let removal = DeviceRemoval(
      of: keys, seeds: try KeyringSeeds(context, of: who), device: device)
    if let person { try await confirm(try await removal.device(), person) }
    return try await context.replacingKeys(of: who) { () async throws(AuthError) in
      let outcome = try await removal.run()
      let mark = context.err.styled(context.err.symbol("✓", plain: "ok"), .good)
      context.err.write(
        "\(mark) Removed MFA device \(DisplayText.sanitized(outcome.device)) of user "
          + "\(DisplayText.sanitized(outcome.user.name))\n")
      if let mark = keys.settings.mfaMark, keys.settings.mfaARN == outcome.device {
        context.say("Take `credentials.mfa_arn` out of \(mark.file):\(mark.line).")
      }
      return 0
    }
  }

  // Before the keyring is opened.
  private func person(_ context: CommandContext) throws(AuthError) -> any Interaction {
    guard let terminal = context.person else {
      throw AuthError(
        .loginRequired, "cannot confirm the removal of the MFA device: there is no terminal",
        hints: ["give `--force`"])
    }
    return terminal
  }

  private func confirm(
    _ device: String, _ terminal: any Interaction
  ) async throws(AuthError) {
    let answer = try await terminal.ask(
      "Remove MFA device \(device) for good? Type `yes`: ", hidden: false)
    guard answer.revealed().trimmed.lowercased() == "yes" else {
      throw AuthError(.declined, "the device was kept")
    }
  }
}
