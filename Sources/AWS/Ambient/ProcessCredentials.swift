import Core
import Model
import Programs

/// The `credential_process` of a profile: a program that prints keys.
struct ProcessCredentials {
  /// The setting as written.
  var command: String
  /// The profile that has it.
  var profile: String
  /// Everything outside the process.
  var effects: Effects

  /// Counts how many of us stand between the first and this process: a profile may name
  /// `atmos-auth`, whose identity may again be ambient.
  private static let depthVariable = "ATMOS_AUTH_AMBIENT_DEPTH"

  /// Runs the program without a shell; what it says on standard error goes to ours, and it may
  /// ask on the terminal.
  ///
  /// - Throws: ``AuthError``: `badConfiguration` for a command that cannot be run or whose output
  ///   cannot be read, `refused` when it failed, `unavailable` when it took over two minutes.
  func get() async throws(AuthError) -> Credential {
    guard let words = ShellWords.command(command, .shlex), !words.isEmpty else {
      throw AuthError(
        .badConfiguration,
        "the credential_process of AWS profile `\(profile)` cannot be split "
          + "into words", hints: ["close its quotes"])
    }
    let depth = effects.environment[Self.depthVariable].flatMap { Int($0) } ?? 0
    guard depth < 4 else {
      throw AuthError(
        .badConfiguration, "the credential_process of AWS profile `\(profile)` runs itself",
        hints: ["it leads back to an identity of kind `aws/ambient`"])
    }
    var environment = effects.environment
    environment[Self.depthVariable] = String(depth + 1)

    let program = ProgramRun(words, environment: environment, streams: .shared)
    switch await program.result(within: .seconds(120)) {
    case .notFound:
      throw AuthError(
        .badConfiguration,
        "the program `\(DisplayText.sanitized(words[0], limit: 200))` of AWS profile `\(profile)` "
          + ProgramPath.absence(of: words[0]),
        hints: ["install it, or change the profile's `credential_process`"])
    case .notStarted(let reason):
      throw cannotStart(reason)
    case .tookTooLong:
      throw AuthError(
        .unavailable, "the credential_process of AWS profile `\(profile)` took over 2 minutes")
    case .ended(let result) where result.status != 0:
      throw AuthError(
        .refused,
        "the credential_process of AWS profile `\(profile)` failed with status \(result.status)")
    case .ended(let result):
      return try read(result.output.withBytes { Array($0) })
    }
  }

  private func cannotStart(_ reason: String) -> AuthError {
    AuthError(
      .badConfiguration,
      "the credential_process of AWS profile `\(profile)` cannot be started: \(reason)")
  }

  private func read(_ output: [UInt8]) throws(AuthError) -> Credential {
    guard let issued = IssuedJSON.parse(output) else {
      throw unreadable("printed no JSON with keys")
    }
    guard issued.version == 1 else {
      throw unreadable(
        "did not print credentials of version 1"
          + (issued.version.map { ", but of version \($0)" } ?? ": there is no `Version`"))
    }
    guard !issued.hasUnreadableEnd else {
      let end = DisplayText.sanitized(issued.expiration ?? "", limit: 40)
      throw unreadable("printed an `Expiration` that is not a time: \(end)")
    }
    guard
      let credential = issued.credential(
        token: issued.sessionToken, issuedAt: effects.now(), origin: .userSession)
    else { throw unreadable("printed no `AccessKeyId` or no `SecretAccessKey`") }
    if let end = credential.expiresAt, end <= effects.now() {
      throw AuthError(
        .refused,
        "the credential_process of AWS profile `\(profile)` printed credentials that "
          + "have ended")
    }
    return credential
  }
  private func unreadable(_ what: String) -> AuthError {
    AuthError(.badConfiguration, "the credential_process of AWS profile `\(profile)` \(what)")
  }
}
