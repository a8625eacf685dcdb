import AWS
import AuthConfiguration
package import Core
import Keyrings
import Model
import Terminal

/// What `user configure` does, apart from the command line.
package struct UserConfiguration {
  package var accessKeyID: String?
  package var mfaARN: String?
  package var sessionDuration: String?
  /// Whether AWS is asked about the keys before they are stored.
  package var verifies = false

  /// Creates it from its parts.
  package init(
    accessKeyID: String? = nil, mfaARN: String? = nil, sessionDuration: String? = nil,
    verifies: Bool = false
  ) {
    self.accessKeyID = accessKeyID
    self.mfaARN = mfaARN
    self.sessionDuration = sessionDuration
    self.verifies = verifies
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try context.requirePerson(for: "user configure")
    if let sessionDuration {
      _ = try ExecRequest.seconds(
        sessionDuration, in: StoredKeys.durations, of: "a session of an IAM user")
    }
    if let mfaARN { try Self.check(device: mfaARN) }
    let who = try await context.userIdentity("Choose an identity to configure")
    let record = who.record
    let effects = try context.effects(in: who.configuration)
    let entry = KeyringEntry.stored(
      realm: try who.configuration.readableCatalog().realm, name: record.name)
    let secret = try await effects.keyring.read(entry)
    let others =
      secret == nil ? nil : effects.origins.objection(to: entry, for: record.name)?.message
    if let others { context.say("\(others); they are replaced") }
    // What is stored for another identity says nothing about this one's device.
    let before =
      try (others == nil ? secret : nil).map { secret throws(AuthError) in
        try StoredKeys(entry: secret)
      } ?? nil
    let keys = try await keys(context, who, before: before)
    try await effects.keyring.write(keys.entry(), entry)
    effects.origins.didStore(entry, for: record.name)
    context.say(
      "\(context.err.symbol("✓", plain: "ok")) Saved credentials to keyring: \(record.name)")
    if before?.accessKeyID != keys.accessKeyID || before?.secretAccessKey != keys.secretAccessKey {
      let ended = try await context.endSessions(madeWithKeysOf: record.name, in: who.configuration)
      if ended > 0 {
        context.say(
          "Ended \(ended) \(ended == 1 ? "session" : "sessions") made with other keys; the next use "
            + "makes new ones")
      }
    }
    if !effects.keyring.isPersistent {
      context.say("the `memory` keyring forgets them when this process ends")
    }
    // Anyone who gives keys twice should know which count; what else is wrong there shows at login.
    if let mark = (try? context.userKeys(of: who))?.settings.keysMark {
      context.say(
        "warning: \(mark.file):\(mark.line) also gives access keys for \(record.name), which are "
          + "used instead of these")
    }
    return 0
  }

  private func keys(
    _ context: CommandContext, _ who: Resolution, before: StoredKeys?
  ) async throws(AuthError) -> StoredKeys {
    let terminal = context.personAtInput
    var id = accessKeyID ?? ""
    if id.isEmpty {
      guard let terminal else {
        throw AuthError(
          .loginRequired, "the access key id is missing, and there is no terminal to ask on",
          hints: ["give `--access-key-id AKIA…` and the secret on standard input"])
      }
      id = try await terminal.ask("Access Key ID: ", hidden: false).revealed().trimmed
      guard !id.isEmpty else {
        throw AuthError(.usage, "the access key id is empty; nothing was stored")
      }
    }
    id = try PastedKeys.accessKeyID(id)
    let pasted =
      if let terminal {
        try await terminal.ask("Secret Access Key: ", hidden: true)
      } else {
        try Self.standardInput(context)
      }
    let secret = try PastedKeys.secretAccessKey(pasted)
    var keys = StoredKeys(
      accessKeyID: id, secretAccessKey: secret, mfaARN: mfaARN ?? before?.mfaARN,
      sessionDuration: sessionDuration ?? before?.sessionDuration)
    let devices = verifies ? try await verified(keys, who, context) : []
    guard mfaARN == nil else { return keys }
    if let terminal {
      keys.mfaARN = try await device(terminal, known: before?.mfaARN, devices)
    } else if before?.mfaARN == nil, let device = devices.first {
      let option = ShellQuoting.typed(command: ["--mfa-arn", device])
      context.say("The user has an MFA device; to use it, give `\(option)`")
    }
    return keys
  }

  /// Asks AWS about the keys, and reports whose they are.
  ///
  /// - Returns: The user's MFA devices.
  private func verified(
    _ keys: StoredKeys, _ who: Resolution, _ context: CommandContext
  ) async throws(AuthError) -> [String] {
    let settings = try context.userKeys(of: who).settings
    let check: KeyCheck
    do throws(AuthError) {
      check = try await KeyCheck(
        keys, settings, effects: try context.effects(in: who.configuration))
    } catch {
      var error = error
      error.hints = ["nothing was stored"] + error.hints
      throw error
    }
    let mark = context.err.styled(context.err.symbol("✓", plain: "ok"), .good)
    context.err.write("\(mark) The keys are those of \(DisplayText.sanitized(check.user.arn))\n")
    return check.devices
  }

  /// Asks which device there is; Enter takes what is known, or what AWS said.
  private func device(
    _ terminal: any Interaction, known: String?, _ devices: [String]
  ) async throws(AuthError) -> String? {
    // One that AWS does not have any more is not worth keeping.
    let known = known.flatMap { devices.isEmpty || devices.contains($0) ? $0 : nil }
    let offered = known ?? (devices.count == 1 ? devices[0] : nil)
    let note =
      if let offered {
        ", Enter \(known == nil ? "takes" : "keeps") \(offered)"
      } else if !devices.isEmpty {
        ", one of \(devices.joined(separator: ", "))"
      } else {
        ""
      }
    let answer = try await terminal.ask("MFA ARN (optional\(note)): ", hidden: false)
      .revealed().trimmed
    guard !answer.isEmpty else { return offered }
    try Self.check(device: answer)
    return answer
  }

  private static func check(device: String) throws(AuthError) {
    guard !device.isEmpty, let fault = MFADeviceName.fault(device) else { return }
    throw AuthError(
      .usage, "`\(DisplayText.sanitized(device, limit: 80))` \(fault.what)", hints: [fault.remedy])
  }

  /// What standard input holds: one line.
  private static func standardInput(_ context: CommandContext) throws(AuthError) -> Secret {
    guard let secret = context.system.input(1024),
      !secret.withBytes({ $0.contains(0x0A) })
    else {
      throw AuthError(
        .usage, "standard input holds more than a secret access key",
        hints: ["give the secret alone, on one line"])
    }
    return secret
  }
}
