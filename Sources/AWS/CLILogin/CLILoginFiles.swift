import Core
import Crypto
import Model

/// The files in which the AWS CLI keeps the logins of `aws login`.
///
/// Source: `get_login_token_cache_directory` and `generate_login_cache_key` in `utils.py` of botocore.
struct CLILoginFiles {
  private let environment: [String: String]

  /// The largest file that is read, in bytes; real ones have 6,000.
  private static let limit = 256 << 10

  /// Finds them in an environment.
  init(environment: [String: String]) { self.environment = environment }

  /// Finds them as the AWS CLI does that a person starts there.
  init(surroundings effects: Effects) {
    environment = AmbientEnvironment.environment(effects.ambient.values)
  }

  /// The service where a login was made, as far as a profile says so.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` for an address that cannot be used.
  func client(of session: String, effects: Effects) throws(AuthError) -> SignInClient? {
    guard let config = try? SharedConfig(environment: environment) else { return nil }
    let profiles = config.order.lazy.compactMap { config.profiles[$0] }
    let found = profiles.first { $0["login_session"] == session && $0["region"] != nil }
    guard let profile = found, let region = profile["region"] else { return nil }
    let endpoint = try ServiceEndpoint.resolve(
      .signIn, region: region, configured: nil, environment: effects.environment,
      profile: config.endpoints(of: profile.name, for: .signIn))
    return SignInClient(endpoint, effects: effects)
  }

  private var directory: String? {
    let path = SharedConfigPaths.expanded(
      environment["AWS_LOGIN_CACHE_DIRECTORY"] ?? "~/.aws/login/cache", environment)
    return path.hasPrefix("/") ? path : nil
  }

  /// The file's name without its end.
  private func key(_ session: String) -> String {
    Hex.lowercase(SHA256.hash(data: Array(session.utf8)))
  }

  private func path(_ session: String) -> String? {
    directory.map { "\($0)/\(key(session)).json" }
  }

  /// What a person types to log in for a profile.
  static func command(profile: String) -> String {
    ShellQuoting.typed(
      command: ["aws", "login"] + (profile == "default" ? [] : ["--profile", profile]))
  }

  /// Where it is, as people write it.
  func shown(_ session: String) -> String {
    DisplayText.sanitized(SharedConfigPaths.shown(path(session) ?? "", environment))
  }

  /// The lock under which a login is renewed; `nil` where there can be none.
  ///
  /// The AWS CLI takes none.
  func lockPath(_ session: String) -> String? {
    let paths = StatePaths(environment: { environment[$0] })
    return paths.canKeepState ? "\(paths.state)/aws-login/\(key(session)).lock" : nil
  }

  /// The login of a `login_session`.
  ///
  /// - Returns: The login; `nil` if there is none.
  /// - Throws: ``AuthError`` with code `badConfiguration` for a file that others could have put there,
  ///   that cannot be read, or that is something else.
  func read(_ session: String) throws(AuthError) -> CLILogin? {
    guard let path = path(session) else { return nil }
    let exceptions = OwnerExceptions(
      isContainerRoot: { OwnerExceptions.isContainerRoot { environment[$0] } })
    if let reason = FileOwnership.objection(to: path, exceptions: exceptions) {
      throw unusable(session, reason)
    }
    let bytes: [UInt8]?
    do throws(AuthError) {
      bytes = try FileSystem.readFile(path, limit: Self.limit)
    } catch {
      throw unusable(session, "it cannot be read", cause: error)
    }
    do throws(CLILogin.Fault) {
      return try bytes.map { (bytes) throws(CLILogin.Fault) in try CLILogin(bytes) }
    } catch {
      throw unusable(session, error.text)
    }
  }

  /// The error for a file that is of no use.
  func unusable(_ session: String, _ reason: String, cause: AuthError? = nil) -> AuthError {
    AuthError(
      .badConfiguration,
      "the login of `aws login` in \(shown(session)) cannot be used: \(reason)", cause: cause)
  }

  /// Whether a login can be written down.
  func canWrite(_ session: String) -> Bool {
    path(session).map { StatePaths.canWrite(below: FileSystem.parent(of: real($0))) } ?? false
  }

  /// Writes a login down, readable for nobody else.
  ///
  /// - Throws: ``AuthError`` with code `system` if it cannot be written.
  func write(_ login: CLILogin, _ session: String) throws(AuthError) {
    guard let path = path(session) else { return }
    try FileSystem.replace(path, login.bytes, mode: 0o600)
  }

  /// Whether the directory holds no login.
  var isEmpty: Bool {
    guard let directory, let names = try? FileSystem.list(directory, limit: 1000) else {
      return true
    }
    return !names.contains { $0.hasSuffix(".json") }
  }

  /// Removes the login that was written for a credential, unless the AWS CLI has replaced it with one
  /// of its own, which has another key.
  ///
  /// - Throws: ``AuthError`` with code `system` if it cannot be removed.
  func remove(_ ended: Credential) throws(AuthError) {
    guard let session = ended.principal, let renewal = ended.renewal, let path = path(session),
      let kept = (try? read(session)) ?? nil, kept.key?.secret == renewal.key
    else { return }
    try FileSystem.remove(path)
  }

  /// The file that a link leads to.
  private func real(_ path: String) -> String { FileSystem.realPath(path) ?? path }
}
