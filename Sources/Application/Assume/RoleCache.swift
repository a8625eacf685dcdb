import AWS
import AuthConfiguration
import CShims
import Core
import Locks
import Model
import Sessions
import Terminal

/// The session of a role that `assume` got before, sealed with what it was assumed with.
///
/// No keyring is needed for it: who has the keys could assume the role again. So the runs of a pull
/// request make one call, however many there are.
struct RoleCache {
  private let role: AdHocRole
  private let base: AssumeBase
  private let context: CommandContext
  private let store: SessionStore
  private let name: String
  private let digest: String

  /// Where these sessions are among those of realms.
  private static let realm = "@assumed"

  init(_ role: AdHocRole, _ base: AssumeBase, _ context: CommandContext) {
    self.role = role
    self.base = base
    self.context = context
    let settings = role.principal.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
    let redirects = context.configuration.request.redirects
      .map { "\($0.name)=\($0.value)" }.sorted().joined(separator: "\n")
    let key = Self.code(base.seal, "atmos-auth assumed role")
    digest = Self.code(key, "\(settings)\n\(redirects)\n\(base.id)").withBytes { Hex.lowercase($0) }
    name = "\(role.name)-\(digest.prefix(16))"
    store = SessionStore(
      paths: context.paths, keyring: OneKey(key: key), randomBytes: context.system.randomBytes,
      notice: { _ in }, log: context.log)
  }

  private static func code(_ key: Secret, _ text: String) -> Secret {
    let message = Array(text.utf8)
    var code = [UInt8](repeating: 0, count: 32)
    defer { code.wipe() }
    key.withBytes {
      atmos_hmac_sha256($0.baseAddress, $0.count, message, message.count, &code)
    }
    return Secret(code)
  }

  /// The session: the one from before while it is good, else a new one by one process.
  func credential() async throws(AuthError) -> Credential {
    let isNew = AWSUVariables(context.surroundings.environment).ignoresSessions
    guard context.paths.canKeepState, !isNew else { return try await assume() }
    if let known = try await remembered() { return known }
    let lock = try await HeldLock.acquire(
      context.paths.lockPath(realm: Self.realm, identity: name), within: nil)
    defer { withExtendedLifetime(lock) {} }
    if let known = try await remembered() { return known }
    let credential = try await assume()
    // It is good without being kept, too.
    try? await store.write(
      credential, realm: Self.realm, identity: name, digest: digest,
      renewableUntil: credential.expiresAt ?? context.now)
    return credential
  }

  private func remembered() async throws(AuthError) -> Credential? {
    guard let known = try await store.read(realm: Self.realm, identity: name, digest: digest),
      known.isUsable(at: context.now, margin: known.renewalMargin)
    else { return nil }
    return known
  }

  private func assume() async throws(AuthError) -> Credential {
    let upstream = try await base.credential()
    let configuration = base.who?.configuration ?? context.configuration
    return try await role.source.credential(
      LinkRequest(
        realm: "", upstream: upstream, effects: try context.effects(in: configuration)))
  }
}

/// A keyring that has nothing but a key to seal sessions with.
private struct OneKey: Keyring {
  let name = "key"
  let key: Secret

  func read(_ name: String) async throws(AuthError) -> Secret? {
    name == KeyringEntry.sessionKey ? key : nil
  }

  func write(_ value: Secret, _ key: String) async throws(AuthError) {
    throw AuthError(.system, "nothing can be stored here")
  }

  func remove(_ key: String) async throws(AuthError) -> Bool { false }

  func keys() async throws(AuthError) -> [String]? { nil }
}
