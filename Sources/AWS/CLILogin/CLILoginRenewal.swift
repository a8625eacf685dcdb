import Core
import Locks
import Logging
import Model

/// The use of a login of `aws login`: its keys, which are renewed in its file when they are about to
/// end, as the AWS CLI does it.
struct CLILoginRenewal {
  /// Whom the login is of: the `login_session` of the profile.
  let session: String
  /// Where it is kept.
  let files: CLILoginFiles
  /// The service that renews it.
  let client: SignInClient
  /// What is said of a call that failed.
  let report: SignInReport
  /// Everything outside the process.
  let effects: Effects

  /// How long to wait for another process that renews the login.
  private static let patience = Duration.seconds(60)

  /// The login, with keys that can be used.
  ///
  /// - Returns: The login; `nil` if there is none or it has ended, so that only a person helps.
  /// - Throws: ``AuthError``: `badConfiguration` for a file that cannot be used, `unavailable` when the
  ///   service gives no answer, `refused` when it says no for a reason that a new login would meet
  ///   as well, `system` if the login cannot be written down again.
  func login() async throws(AuthError) -> CLILogin? {
    guard let found = try files.read(session) else { return nil }
    if found.isFresh(at: effects.now()) { return found }
    let lock = try await lock()
    defer { withExtendedLifetime(lock) {} }
    // Another process may have been faster.
    guard let login = try files.read(session) else { return nil }
    if login.isFresh(at: effects.now()) { return login }
    do throws(AuthError) {
      return try await renewed(login)
    } catch {
      guard login.isUsable(at: effects.now()), !Task.isCancelled else { throw error }
      effects.log.debug("the login of `aws login` is not renewed yet")
      return login
    }
  }

  private func lock() async throws(AuthError) -> HeldLock? {
    guard let path = files.lockPath(session) else { return nil }
    guard let lock = try await HeldLock.acquire(path, within: Self.patience) else {
      throw AuthError(
        .unavailable,
        "\(LockHolder.description(path)) has been renewing the login of `aws login` for a minute",
        hints: ["try again in a moment"])
    }
    return lock
  }

  private func renewed(_ login: CLILogin) async throws(AuthError) -> CLILogin? {
    guard let key = login.key else {
      throw files.unusable(session, "its `dpopKey` is not a private key on P-256")
    }
    // A refresh token works once; the next one must not be lost.
    guard files.canWrite(session) else {
      throw AuthError(
        .system,
        "the login of `aws login` in \(files.shown(session)) cannot be renewed: "
          + "nothing can be written there")
    }
    let token: SignInClient.Token
    do {
      token = try await client.token(
        renewing: Renewal(
          refreshToken: login.refreshToken, key: key.secret, clientID: login.clientID,
          endsAt: effects.now()), key)
    } catch {
      // The AWS CLI takes no lock, and may have renewed the login meanwhile.
      if let other = try files.read(session), other.refreshToken != login.refreshToken,
        other.isUsable(at: effects.now())
      {
        return other
      }
      guard case .refused(let refusal) = error, SignInReport.isFinal(refusal) else {
        throw report.error(for: error)
      }
      effects.log.debug("the refresh token was refused", metadata: ["code": "\(refusal.code)"])
      if login.isUsable(at: effects.now()) { return login }
      if refusal.code == SignInReport.missingPolicy { throw report.error(for: error) }
      return nil
    }
    let renewed = login.renewed(token, at: effects.now())
    do throws(AuthError) {
      try files.write(renewed, session)
    } catch {
      // The keys are good all the same.
      effects.notice("the renewed login of `aws login` is not kept: \(error.message)")
    }
    return renewed
  }
}
