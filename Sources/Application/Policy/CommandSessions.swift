import AuthConfiguration
import Core
import Model
import OneTimeCodes
import Sessions
import ToolCommands

/// Makes the sessions that one command gets after a code of its own.
struct CommandSessions {
  private let gate: CommandGate
  private let factor: ChainFactor
  private let realm: String

  init(_ gate: CommandGate, _ factor: ChainFactor, realm: String) {
    self.gate = gate
    self.factor = factor
    self.realm = realm
  }

  private var context: CommandContext { gate.context }
  private var chain: Chain { factor.chain }

  /// Begins the sessions of the command: with a new code, or with what the last one gave.
  ///
  /// - Throws: ``AuthError`` as ``Sessions/SessionManager/credential(for:policy:)``.
  func begin(
    reusing isReusing: Bool, mayAsk: Bool, minimumValidity: Int64?
  ) async throws(AuthError) -> CommandGate.Pass {
    CommandSession.removeEnded(context.paths, now: context.now)
    let session = try CommandSession(
      of: CommandSession.Subject(
        realm: realm, identities: gate.who.concerned, commandClass: gate.commandClass),
      process: context.surroundings.process, context.paths, context.system,
      notice: context.notice, log: context.log)
    do throws(AuthError) {
      let credential = try await credential(session, isReusing, mayAsk, minimumValidity)
      return CommandGate.Pass(
        credential: credential, variables: [CommandSession.variable: session.value],
        hasOwnSession: true)
    } catch {
      session.end()
      throw error
    }
  }

  private func credential(
    _ session: CommandSession, _ isReusing: Bool, _ mayAsk: Bool, _ minimumValidity: Int64?
  ) async throws(AuthError) -> Credential {
    let ordinary = try context.sessionStore(in: gate.who.configuration)
    // What comes before the code proves nothing, so it is everybody's.
    if factor.index > 0 {
      _ = try await context.session(
        for: Chain(realm: chain.realm, links: Array(chain.links.prefix(factor.index))),
        in: gate.who.configuration)
    }
    for index in chain.links.indices.prefix(factor.index) {
      try await copy(index, from: ordinary, to: session.store)
    }
    if isReusing { try await copy(factor.index, from: recentStore, to: session.store) }
    let credential = try await context.commandCredential(
      for: chain, in: gate.who.configuration, session, mayAsk: mayAsk,
      minimumValidity: minimumValidity)
    if !isReusing { try await keep(session.store) }
    tell(credential, isReusing: isReusing)
    return credential
  }

  private func copy(
    _ index: Int, from store: SessionStore, to other: SessionStore
  ) async throws(AuthError) {
    let place = chain.sessionPlace(of: index)
    guard
      var credential = try await store.read(
        realm: place.realm, identity: place.name, digest: place.digest)
    else { return }
    // It changes with every use, so only one of the two could be renewed afterwards.
    if var token = credential.bearer {
      token.refreshToken = nil
      credential.body = .bearer(token)
    }
    credential.renewal = nil
    try await other.write(
      credential, realm: place.realm, identity: place.name, digest: place.digest,
      renewableUntil: credential.expiresAt ?? Facts.always)
  }

  // MARK: The last code

  // Sealed as sessions are, in a place where nothing but this looks.
  private var recentStore: SessionStore {
    get throws(AuthError) {
      var paths = context.paths
      paths.state = Self.recentDirectory(of: gate.who.record.name, realm: realm, paths)
      return SessionStore(
        paths: paths, keyring: try context.opened(in: gate.who.configuration).keyring,
        randomBytes: context.system.randomBytes, notice: context.notice, log: context.log)
    }
  }

  // A code for one identity does not do for another.
  private static func recentDirectory(
    of identity: String, realm: String, _ paths: StatePaths
  ) -> String {
    "\(paths.recentCodesDirectory)/\(FileName.encode("\(realm) \(identity.lowercased())"))"
  }

  /// Forgets what the last codes gave for identities of a realm.
  static func forgetRecent(_ identities: [String], realm: String, _ paths: StatePaths) {
    for name in identities {
      _ = try? FileSystem.removeTree(recentDirectory(of: name, realm: realm, paths))
    }
  }

  /// Removes what codes gave that were the last a day ago.
  static func pruneRecent(_ paths: StatePaths, now: Instant) {
    let directory = paths.recentCodesDirectory
    for name in (try? FileSystem.list(directory)) ?? [] {
      let path = "\(directory)/\(name)"
      guard let stamp = FileSystem.stamp("\(path)/sessions"),
        stamp.modified / 1_000_000_000 < now.secondsSince1970 - 86_400
      else { continue }
      _ = try? FileSystem.removeTree(path)
    }
  }

  /// The session that the last code gave, if it can still be used.
  func recent() async throws(AuthError) -> Credential? {
    let place = chain.sessionPlace(of: factor.index)
    let credential = try await recentStore.read(
      realm: place.realm, identity: place.name, digest: place.digest)
    guard let credential, credential.isUsable(at: context.now, margin: credential.renewalMargin)
    else { return nil }
    return credential
  }

  private func keep(_ store: SessionStore) async throws(AuthError) {
    guard gate.policy.level == .appliesOnly, gate.commandClass == .apply,
      gate.policy.maximumAge ?? 0 > 0
    else { return }
    try await copy(factor.index, from: store, to: recentStore)
  }

  // MARK: For people

  private func tell(_ credential: Credential, isReusing: Bool) {
    var line =
      factor.device.map {
        "Authenticated with MFA by \(DisplayText.sanitized(MFADevice.person($0), limit: 80))"
      } ?? "Authenticated by a login to \(chain.links[factor.index].name)"
    let proof = credential.proof
    if isReusing, let proof {
      line += " \(DurationText.text(max(0, proof.at.seconds(until: context.now)))) ago"
    }
    context.say("\(line), for \(gate.what) as \(gate.who.record.name)")
  }
}

extension CommandContext {
  /// The session of a chain for a command that has sessions of its own.
  ///
  /// Without `mayAsk` nobody is asked, so that codes come from a program or not at all.
  func commandCredential(
    for chain: Chain, in configuration: Configuration, _ session: CommandSession,
    mayAsk: Bool = true, minimumValidity: Int64? = nil
  ) async throws(AuthError) -> Credential {
    try FreeDescriptors.requireThoseOfLogin()
    var effects = try effects(in: configuration)
    effects.purpose = session.subject.commandClass == .apply ? "apply" : "plan"
    return try await SessionManager(store: session.store, effects: effects).credential(
      for: chain,
      policy: SessionPolicy(minimumValidity: minimumValidity, allowPerson: mayAsk))
  }
}

extension Resolution {
  /// For how many seconds after its code a session is gone on from, where the identity says so and no
  /// command of its own asks for codes.
  var maximumProofAge: Int64? {
    get throws(AuthError) {
      // Nearly always it does not say so.
      guard record.mfa.maximumAge != nil else { return nil }
      let policy = record.mfa.over(try configuration.catalog().shell.mfa, isOwn: record.isOwn)
      return (policy.level ?? .never) == .never ? policy.maximumAge : nil
    }
  }
}
