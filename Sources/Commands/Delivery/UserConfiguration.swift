import AuthConfiguration
import Core
import Keyrings
import Model
import Terminal

/// What `user configure` does, apart from the command line.
struct UserConfiguration {
  var accessKeyID: String?
  var mfaARN: String?
  var sessionDuration: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let record = try await identity(context)
    if let sessionDuration { _ = try ExecRequest.seconds(sessionDuration) }
    let effects = try context.effects()
    let entry = StoredKeys.entryName(realm: try context.readableCatalog().realm, name: record.name)
    let before =
      try await effects.keyring.read(entry).map { secret throws(AuthError) in
        try StoredKeys(entry: secret)
      } ?? nil
    let keys = try await keys(context, before: before)
    try await effects.keyring.write(keys.entry(), entry)
    context.say(
      "\(context.err.symbol("✓", plain: "ok")) Saved credentials to keyring: \(record.name)")
    if !effects.keyring.isPersistent {
      context.say("the `memory` keyring forgets them when this process ends")
    }
    return 0
  }

  private func identity(_ context: CommandContext) async throws(AuthError) -> IdentityRecord {
    let users = try context.readableCatalog().identities.filter { $0.kind == "aws/user" }
    let stated = context.surroundings.environment["ATMOS_IDENTITY"].map { !$0.isEmpty } ?? false
    if context.flags.identity == .unstated, !stated {
      guard !users.isEmpty else {
        throw AuthError(.badConfiguration, "no identity of kind `aws/user` is configured")
          .hint("add one under `auth.identities` in atmos.yaml")
      }
      return users.count == 1
        ? users[0] : try await context.pick(users, why: "Choose an identity to configure")
    }
    let record = try await context.requiredIdentity()
    guard record.kind == "aws/user" else {
      throw AuthError(
        .usage, "identity `\(record.name)` is of kind `\(record.kind)`, which has no stored keys"
      )
      .hint("of kind `aws/user` are: \(users.map(\.name).joined(separator: ", "))")
    }
    return record
  }

  private func keys(
    _ context: CommandContext, before: StoredKeys?
  ) async throws(AuthError) -> StoredKeys {
    let terminal = context.isInteractive ? ControllingTerminal() : nil
    var id = accessKeyID ?? ""
    if id.isEmpty {
      guard let terminal, context.surroundings.inputIsTerminal else {
        throw AuthError(.loginRequired, "the access key id is missing, and nobody can be asked")
          .hint("give `--access-key-id AKIA…` and the secret on standard input")
      }
      id = try await terminal.ask("Access Key ID: ", hidden: false).revealed().trimmed
    }
    try StoredKeys.check(accessKeyID: id)
    let secret: Secret
    if let terminal, context.surroundings.inputIsTerminal {
      secret = try await terminal.ask("Secret Access Key: ", hidden: true)
    } else {
      secret = try Self.standardInput()
    }
    guard !secret.isEmpty else {
      throw AuthError(.usage, "the secret access key is empty; nothing was stored")
    }
    var mfa = mfaARN
    if mfa == nil, let terminal, context.surroundings.inputIsTerminal {
      let known = before?.mfaARN ?? ""
      let answer = try await terminal.ask(
        "MFA ARN (optional\(known.isEmpty ? "" : ", Enter keeps \(known)")): ", hidden: false
      ).revealed().trimmed
      mfa = answer.isEmpty ? known : answer
    }
    return StoredKeys(
      accessKeyID: id, secretAccessKey: secret, mfaARN: mfa ?? before?.mfaARN,
      sessionDuration: sessionDuration ?? before?.sessionDuration)
  }

  /// What standard input holds: one line.
  private static func standardInput() throws(AuthError) -> Secret {
    guard let secret = StandardInput.all(limit: 1024),
      !secret.withBytes({ $0.contains(0x0A) })
    else {
      throw AuthError(.usage, "standard input holds more than a secret access key")
        .hint("give the secret alone, on one line")
    }
    return secret
  }
}
