import AuthConfiguration
package import Core
import Model
import Terminal

/// Answers an AWS SDK's `credential_process`.
package struct CredentialProcessRequest {
  /// The fingerprint that the identity had when this command was handed out; it must have no other.
  package var bound: String?
  /// The key of the narrowed session that was handed out; see ``NarrowedSession``.
  package var narrowed: String?

  /// Creates a request.
  package init(bound: String? = nil) {
    self.bound = bound
  }

  /// SDKs give the program a minute; what it cannot do in less, it reports.
  ///
  /// Source: botocore's credentials.py and the AWS SDKs for Go and Java.
  private static let limit: Int64 = 45

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    var context = context
    context.deadline = context.now.advanced(bySeconds: Self.limit)
    context.mayAskForTrust = false
    var who = try await context.requiredIdentity(mayChoose: false)
    who.bound = bound
    if let narrowed {
      try NarrowedProgram.check(narrowed: narrowed, context.surroundings.environment)
      who = try context.narrowed(who, key: narrowed)
    } else {
      try NarrowedProgram.check(
        "credential-process --identity \(who.record.name)", context.surroundings.environment)
    }
    let credential = try await context.session(of: who)
    if let run = context.surroundings.environment[RunHistory.variable] {
      RunHistory.note(run, at: context.now, context.paths)
    }
    guard let answer = context.registry.processAnswer(credential) else {
      throw AuthError(
        .usage, "identity `\(who.record.name)` gives no AWS credentials",
        hints: ["kind `\(who.record.kind)` leaves the shell's own credentials as they are"])
    }
    var handOut = HandOut(.credentialProcess, .keys, of: who.record, credential)
    handOut.policies = who.narrowed?.policies ?? []
    try await context.writeDown(handOut, in: who.configuration)
    try context.emit(answer.revealed() + "\n")
    return 0
  }
}
