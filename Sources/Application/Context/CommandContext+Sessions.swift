import AuthConfiguration
package import Core
import HTTPTransport
import Keyrings
package import Model
import OneTimeCodes
import Sessions
import Terminal

extension CommandContext {
  /// Everything outside the process, for code of ring 2, with the keyring of `configuration`.
  ///
  /// Without `needsKeyring`, for what is made of a credential alone, nothing that is stored can be
  /// reached, and no file is read to see whose it is.
  package func effects(
    in configuration: Configuration, needsKeyring: Bool = true
  ) throws(AuthError) -> Effects {
    let err = err
    let catalog = try configuration.readableCatalog(mayBeMissing: true)
    // Nothing is shown to nobody.
    let windows = isInteractive ? surroundings.environmentWithoutSecrets(catalog) : [:]
    var effects = Effects(
      now: surroundings.now, sleep: system.sleep,
      environment: surroundings.environment,
      ambient: AmbientVariables(without: paths, surroundings.environment, clouds: registry.clouds),
      randomBytes: system.randomBytes,
      transport: LoggedTransport(system.transport, log: log, clock: ContinuousClock()),
      interaction: person,
      browser: browser(windows), callbacks: system.callbacks,
      keyring: needsKeyring ? try opened(in: configuration).keyring : MemoryKeyring(),
      notice: notice)
    effects.helperEnvironment = surroundings.helperEnvironment(
      configured: catalog.keyring.passwordEnvironment)
    effects.signInBrowser = signInBrowser(windows)
    effects.deadline = deadline
    let based = try sessionsMade(in: configuration)
    effects.didReplaceKeys = { name in _ = try? await based.end(withKeysOf: name, exceptOwn: true) }
    effects.log = log
    effects.isOfJob = configuration.isJobOnly
    if effects.keyring.isPersistent, !effects.isOfJob {
      effects.origins = try entryOrigins(in: configuration)
    }
    effects.options = options
    effects.codes = CodeBroker(
      given: mfaCode, paths: paths, standard: AWSUVariables(surroundings.environment).sources)
    effects.desktop = personAtDesktop(windows)
    effects.pageDisplay = pageDisplay
    if err.isTerminal {
      effects.progress = { line in
        let shown = line.map { DisplayText.sanitized($0, limit: max(20, err.columns - 1)) }
        err.write("\r\u{1B}[K\(shown ?? "")")
      }
      effects.transport = PatientTransport(
        effects.transport, sleep: system.sleep, progress: effects.progress)
    }
    return effects
  }

  /// Whose the keyring's entries are.
  func entryOrigins(in configuration: Configuration) throws(AuthError) -> EntryOrigins {
    let catalog = try configuration.readableCatalog(mayBeMissing: true)
    let options = options
    return EntryOrigins(
      paths: paths, directory: catalog.configurationDirectory, realm: catalog.realm,
      definition: try configuration.definitions,
      typed: { ShellQuoting.typed(command: ["atmos-auth"] + $0 + options) }, log: log)
  }

  /// Ends every remembered session that was made with the keys of an identity: its own, and those of
  /// identities that come from it.
  ///
  /// - Returns: How many there were.
  func endSessions(
    madeWithKeysOf identity: String, in configuration: Configuration
  ) async throws(AuthError) -> Int {
    try await sessionsMade(in: configuration).end(withKeysOf: identity, exceptOwn: false)
  }

  private func sessionsMade(in configuration: Configuration) throws(AuthError) -> DerivedSessions {
    DerivedSessions(
      catalog: try configuration.readableCatalog(mayBeMissing: true),
      store: try sessionStore(in: configuration))
  }

  /// Where the sessions of `configuration` are.
  func sessionStore(in configuration: Configuration) throws(AuthError) -> SessionStore {
    try opened(in: configuration).store
  }

  /// What prompts know of an identity's session; no keyring is opened for it.
  package func facts(realm: String, identity: String) -> Facts? {
    keyrings.facts(realm: realm, identity: identity)
      ?? Facts.read(paths.factsPath(realm: realm, identity: identity))
  }

  /// Shows a person a line.
  var notice: @Sendable (String) -> Void {
    { [err] line in err.write(DisplayText.sanitizedLines(line) + "\n") }
  }

  /// Whether a person may be asked: there is a terminal, this is not CI, and nobody said no.
  package var isInteractive: Bool {
    mayAskPerson && !isSaidToBeAlone
      && ["", "false", "0"].contains((surroundings.environment["CI"] ?? "").lowercased())
  }

  /// A session for `chain`, which is one of `configuration`: remembered, or new.
  package func session(
    for chain: Chain, in configuration: Configuration, minimumValidity: Int64? = nil,
    force: Bool = false, maximumProofAge: Int64? = nil
  ) async throws(AuthError) -> Credential {
    try FreeDescriptors.requireThoseOfLogin()
    return try await SessionManager(
      store: try sessionStore(in: configuration), effects: try effects(in: configuration)
    ).credential(
      for: chain,
      policy: SessionPolicy(
        minimumValidity: minimumValidity, forceTarget: force, maximumProofAge: maximumProofAge))
  }

  /// The remembered session of who acts, if it can still be used; nothing is asked or sent.
  package func remembered(
    _ who: Resolution, minimumValidity: Int64? = nil
  ) async throws(AuthError) -> Credential? {
    try await approve(who)
    try await endIfUnused(who)
    guard who.record.isStable else { return nil }
    let store =
      if let command = try commandSession(of: who) { command.store } else {
        try sessionStore(in: who.configuration)
      }
    var place = SessionPlace(realm: "", name: who.record.name, digest: who.record.sessionDigest)
    if let narrowed = who.narrowed {
      place = narrowed.place
    } else {
      place.realm = try who.configuration.catalog().realm
    }
    let credential = try await store.read(
      realm: place.realm, identity: place.name, digest: place.digest)
    guard let credential else { return nil }
    let grace = try AWSUVariables(surroundings.environment).grace
    let margin = minimumValidity ?? grace ?? credential.renewalMargin
    return credential.isUsable(at: now, margin: margin) ? credential : nil
  }

  /// The session of who acts: the remembered one while it is good, else a new one.
  package func session(
    of who: Resolution, minimumValidity: Int64? = nil
  ) async throws(AuthError) -> Credential {
    if let credential = try await remembered(who, minimumValidity: minimumValidity) {
      return credential
    }
    let grace = try AWSUVariables(surroundings.environment).grace
    let minimumValidity = minimumValidity ?? grace
    var chain = try who.configuration.chain(for: who.record.name)
    if let narrowed = who.narrowed { chain = try chain.narrowed(by: narrowed.narrowing) }
    if let command = try commandSession(of: who) {
      return try await commandCredential(
        for: chain, in: who.configuration, command, minimumValidity: minimumValidity)
    }
    return try await session(
      for: chain, in: who.configuration, minimumValidity: minimumValidity,
      maximumProofAge: try who.maximumProofAge)
  }

  /// The session of who acts, or `nil` for kinds that leave credentials to the surroundings.
  package func sessionUnlessAmbient(
    of who: Resolution, minimumValidity: Int64? = nil
  ) async throws(AuthError) -> Credential? {
    try await approve(who)
    return who.record.isAmbient
      ? nil : try await session(of: who, minimumValidity: minimumValidity)
  }
}
