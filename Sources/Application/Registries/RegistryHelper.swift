import AuthConfiguration
package import Core
import Docker
import Model
import Sessions
import Terminal

/// Answers Docker, Podman and tools like them: `docker-credential-atmos-auth VERB`.
///
/// Source: https://github.com/docker/docker-credential-helpers. What goes wrong is written on
/// standard output, with status 1.
package struct RegistryHelper {
  /// The name that Docker calls it by, behind `docker-credential-`.
  static let name = "atmos-auth"
  /// The name of the program.
  package static let program = "docker-credential-atmos-auth"
  /// What Docker takes for "there is none, go on without": exactly this text.
  private static let missing = "credentials not found in native keychain"

  /// Seconds within which Docker is answered.
  private static let limit: Int64 = 45

  package var verb: String

  /// Creates it from its parts.
  package init(verb: String) {
    self.verb = verb
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    do throws(AuthError) {
      try context.emit(try await answer(context))
      return 0
    } catch {
      let cause = error.cause.map { ": \($0)" } ?? ""
      let hints = error.hints.map { "\n  hint: \($0)" }.joined()
      try context.emit(DisplayText.sanitizedLines("\(error.message)\(cause)\(hints)") + "\n")
      return 1
    }
  }

  private func answer(_ context: CommandContext) async throws(AuthError) -> String {
    switch verb {
    case "get": return try await get(context)
    case "list": return list(context)
    case "erase":
      try await erase(context)
      return ""
    case "store":
      throw AuthError(
        .usage, "atmos-auth makes the logins to its registries itself, and stores none",
        hints: ["`atmos-auth ecr-login` logs in"])
    case "version": return "\(Self.program) \(Version.current)\n"
    default:
      throw AuthError(
        .usage, "\(Self.program) knows get, store, erase, list and version, not `\(verb)`")
    }
  }

  /// The host that Docker asks about, as it stands in images' names.
  private func host(_ context: CommandContext) throws(AuthError) -> String {
    guard let input = context.system.input(4096) else {
      throw AuthError(.usage, "what Docker asks about is too long")
    }
    var text = input.revealed().trimmed[...]
    for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
      text = text.dropFirst(scheme.count)
    }
    return text.prefix { $0 != "/" }.lowercased()
  }

  private func get(_ context: CommandContext) async throws(AuthError) -> String {
    let host = try host(context)
    guard let login = login(to: host, context) else { throw AuthError(.usage, Self.missing) }
    let (who, inner) = try await acting(login, context)
    let password = try await inner.registryPassword(of: host, who)
    try await inner.writeDown(
      HandOut(.registry, .token, of: who.record, nil), in: who.configuration)
    return JSONText.object([
      ("ServerURL", JSONText.string(host)), ("Username", JSONText.string(password.user)),
      ("Secret", JSONText.string(password.password.revealed())),
    ]) + "\n"
  }

  /// The login of whoever acts here, else the latest.
  private func login(to host: String, _ context: CommandContext) -> RegistryRecord.Login? {
    let logins = RegistryRecord.read(host, context.paths).logins
    let active = context.surroundings.environment["ATMOS_IDENTITY"]?.lowercased()
    return logins.first { $0.identity.lowercased() == active } ?? logins.first
  }

  private func acting(
    _ login: RegistryRecord.Login, _ context: CommandContext
  ) async throws(AuthError) -> (Resolution, CommandContext) {
    var inner = context.next(to: login)
    inner.deadline = inner.now.advanced(bySeconds: Self.limit)
    inner.mayAskForTrust = false
    var who = try await inner.requiredIdentity(mayChoose: false)
    who.bound = login.fingerprint
    try await inner.approve(who)
    return (who, inner)
  }

  private func list(_ context: CommandContext) -> String {
    let hosts = RegistryRecord.all(context.paths).filter { !$0.logins.isEmpty }.map(\.host)
    let logins = hosts.sorted().compactMap(context.registry.registryLogin)
    return JSONText.object(
      logins.map { ("https://\($0.host)", JSONText.string($0.user)) }) + "\n"
  }

  /// Forgets the password, so that the next pull asks for a new one; the login stays.
  private func erase(_ context: CommandContext) async throws(AuthError) {
    let host = try host(context)
    guard let login = login(to: host, context) else { return }
    let inner = context.next(to: login)
    try await inner.forgetRegistryPassword(
      of: host, identity: login.identity, realm: try inner.configuration.catalog().realm,
      in: inner.configuration)
  }
}

extension ConfigurationFlags {
  /// The flags that the stored words give, and an identity.
  init(words: [String], identity: String) {
    self.init()
    var rest = words[...]
    while let name = rest.popFirst(), let value = rest.popFirst() { _ = take(name, value) }
    self.identity = .named(identity)
  }
}
