package import AuthConfiguration
package import Core
import HTTPTransport
package import Logging
package import Model
import OneTimeCodes
import Sessions
package import Terminal

/// What a command works with: the surroundings, the flags, and everything made from them on
/// first use.
package final class CommandContext {
  package let surroundings: Surroundings
  package private(set) var flags: ConfigurationFlags
  package let paths: StatePaths
  /// The options that select the configuration, as they were given, for commands shown to people.
  package private(set) var options: [String]
  /// Data for programs.
  package let out: Stream
  /// Text for people.
  package let err: Stream
  /// How a person is shown the page on which they sign in.
  package var signIn = SignInOptions.standard
  /// A one-time code that came with the command; set before the first session is asked for.
  package var mfaCode: Secret?
  /// Who a person chose from a list, where nothing else said who they are.
  package var chosen: IdentityRecord?
  /// What the directory's file says, when it decides who the command acts as.
  package private(set) var followed: IdentityFile?
  private var configurationDirectory: String?
  /// What is done, and why, for anyone tracking down a problem.
  package var log: Logger
  /// What the command line says about the log.
  package private(set) var logSettings: LogSettings
  private let ownLogSettings: LogSettings
  private let transport: AsyncHTTPTransport
  /// The kinds of the registry, made when they are first asked for.
  package private(set) lazy var kinds = registry.kinds
  private var loadedCatalog: Catalog?
  private var loadedConfiguration: FullConfiguration?
  private var openedKeyring: (any Keyring)?
  private var openedStore: SessionStore?

  package init(
    _ surroundings: Surroundings, flags: ConfigurationFlags, logs: LogSettings = LogSettings()
  ) {
    self.surroundings = surroundings
    self.flags = flags
    logSettings = logs
    ownLogSettings = logs
    options = flags.arguments
    paths = StatePaths(environment: { surroundings.environment[$0] })
    out = Stream(descriptor: 1, environment: surroundings.environment, noColor: flags.noColor)
    err = Stream(descriptor: 2, environment: surroundings.environment, noColor: flags.noColor)
    log = Self.log(logs, surroundings, err: err)
    transport = AsyncHTTPTransport(environment: surroundings.environment)
  }

  /// The time.
  package var now: Instant { surroundings.now() }

  /// The directory that configuration and directory identities are looked up from.
  package var directory: String {
    let given =
      flags.directory
      ?? surroundings.environment["ATMOS_CHDIR"].flatMap {
        $0.isEmpty ? nil : $0
      }
    guard let given else { return surroundings.workingDirectory }
    return given.hasPrefix("/") ? given : "\(surroundings.workingDirectory)/\(given)"
  }

  /// Tells a person something.
  package func say(_ line: String) {
    err.write(DisplayText.sanitizedLines(line) + "\n")
  }

  /// Writes data for programs on standard output.
  ///
  /// - Throws: ``AuthError`` with code `system` when not all of it went out: half of an answer must
  ///   not look like success.
  package func emit(_ text: String) throws(AuthError) {
    guard out.write(text) else {
      throw AuthError(
        .system, "cannot write to standard output: the disk is full or the reader is gone")
    }
  }

  /// Begins another command of the same program: the configuration is looked up again.
  package func begin(_ flags: ConfigurationFlags, logs: LogSettings = LogSettings()) {
    self.flags = flags
    options = flags.arguments
    logSettings = LogSettings(
      level: logs.level ?? ownLogSettings.level, file: logs.file ?? ownLogSettings.file)
    log = Self.log(logSettings, surroundings, err: err)
    (loadedCatalog, loadedConfiguration, signIn) = (nil, nil, .standard)
    (mfaCode, chosen) = (nil, nil)
    (followed, configurationDirectory) = (nil, nil)
  }

  /// Reads the configuration from now on as it was when a directory's file was allowed: from where
  /// that file is, under the profile it names.
  ///
  /// Flags that say which configuration is meant beat the directory.
  func follow(_ file: DirectoryFile, _ content: IdentityFile) {
    followed = content
    guard !flags.nameConfiguration else { return }
    configurationDirectory = file.directory
    if let profile = content.profile { flags.profiles = [profile] }
    (loadedCatalog, loadedConfiguration) = (nil, nil)
  }

  /// Lets go of connections.
  package func close() async {
    await transport.shutdown()
  }
}

// MARK: - Configuration

extension CommandContext {
  /// What the command line and environment say about configuration.
  package var request: ConfigurationRequest {
    ConfigurationRequest(
      workingDirectory: configurationDirectory ?? directory,
      environment: surroundings.environment, paths: paths,
      basePath: flags.basePath, configFiles: flags.configFiles, configPaths: flags.configPaths,
      profiles: flags.profiles)
  }

  /// Every cloud and kind.
  package var registry: Registry { surroundings.registry }

  /// The kind of an identity or provider; `nil` for one that is unknown.
  package func kind(_ step: ChainStepRecord) -> Kind? { kinds.kind(step.kind, step.section) }

  /// The configuration as far as commands need it, from the index when that is fresh.
  package func catalog() throws(AuthError) -> Catalog {
    if let loadedCatalog { return loadedCatalog }
    guard FileSystem.isDirectory(directory) else {
      throw AuthError(.usage, "no such directory: \(directory)")
    }
    let catalog = try Catalog.load(
      request, build: build, now: now, registry: registry)
    loadedCatalog = catalog
    applyLogLevel(of: catalog)
    log.debug(
      "the configuration is read",
      metadata: [
        "files": "\(catalog.files.joined(separator: ", "))",
        "profiles": "\(catalog.profiles.joined(separator: ", "))",
        "realm": "\(catalog.realm)", "identities": "\(catalog.count)",
        "index": "\(catalog.isFromIndex ? "used" : "rebuilt")",
      ])
    return catalog
  }

  /// The configuration, unless a file of it could not be read at all: what such a file says cannot
  /// be guessed, and acting without it could mean acting as somebody else.
  package func readableCatalog() throws(AuthError) -> Catalog {
    let catalog = try catalog()
    let fatal: Set<String> = ["syntax", "unreadable", "several-documents", "bad-realm"]
    let faults = catalog.diagnostics.filter { $0.severity == .error && fatal.contains($0.code) }
    guard let first = faults.first else { return catalog }
    let place = first.mark.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
    throw AuthError(.badConfiguration, "\(place)\(first.message)")
      .hint("`atmos-auth validate` shows every fault")
  }

  /// The configuration itself, parsed.
  package func configuration() throws(AuthError) -> FullConfiguration {
    if let loadedConfiguration { return loadedConfiguration }
    let full = try FullConfiguration.load(request)
    loadedConfiguration = full
    return full
  }

  /// The chain of an identity, ready to be asked for credentials.
  package func chain(for identity: String) throws(AuthError) -> Chain {
    try configuration().chain(for: identity, kinds: kinds, commands: commandAccess)
  }

  /// The chain of a provider alone.
  package func chain(forProvider provider: String) throws(AuthError) -> Chain {
    try configuration().chain(forProvider: provider, kinds: kinds, commands: commandAccess)
  }

  /// How `!exec` in configuration files is carried out.
  var commandAccess: CommandAccess {
    CommandTrust(
      paths: paths, home: surroundings.environment["HOME"], environment: surroundings.environment
    ).access
  }

  /// What an index was made by: another build may know other kinds.
  private var build: String {
    "\(Version.current) \(FileSystem.stamp(surroundings.executable)?.text ?? "")"
  }
}

// MARK: - Sessions

extension CommandContext {
  /// Everything outside the process, for code of ring 2.
  package func effects() throws(AuthError) -> Effects {
    let err = err
    // First, since it reads the configuration, which may say how much is logged.
    let keyring = try usedKeyring()
    var effects = Effects(
      now: surroundings.now, sleep: { try await Task.sleep(for: $0) },
      environment: surroundings.environment,
      ambient: AmbientVariables(without: paths, surroundings.environment, clouds: registry.clouds),
      randomBytes: SystemRandom.bytes,
      transport: LoggedTransport(transport, log: log, clock: ContinuousClock()),
      interaction: person,
      browser: browser, callbacks: LoopbackListener(), keyring: keyring, notice: notice)
    effects.log = log
    effects.options = options
    effects.codes = CodeBroker(given: mfaCode, paths: paths)
    effects.desktop = personAtDesktop
    if err.isTerminal {
      effects.progress = { line in
        let shown = line.map { DisplayText.sanitized($0, limit: max(20, err.columns - 1)) }
        err.write("\r\u{1B}[K\(shown ?? "")")
      }
    }
    return effects
  }

  /// Where sessions are.
  func sessionStore() throws(AuthError) -> SessionStore {
    if let openedStore { return openedStore }
    let keyring = try usedKeyring()
    let opened = SessionStore(
      paths: paths, keyring: keyring, randomBytes: SystemRandom.bytes, notice: notice, log: log)
    openedStore = opened
    return opened
  }

  /// What prompts know of an identity's session; no keyring is opened for it.
  package func facts(realm: String, identity: String) -> Facts? {
    openedStore?.facts(realm: realm, identity: identity)
      ?? Facts.read(paths.factsPath(realm: realm, identity: identity))
  }

  // One for as long as the context lives: what was unlocked stays so, and what a keyring in memory
  // holds is nowhere else.
  private func usedKeyring() throws(AuthError) -> any Keyring {
    if let openedKeyring { return openedKeyring }
    let opened = try keyring()
    log.debug("a keyring is chosen", metadata: ["keyring": "\(opened.name)"])
    openedKeyring = opened
    return opened
  }

  private var notice: @Sendable (String) -> Void {
    { [err] line in err.write(DisplayText.sanitizedLines(line) + "\n") }
  }

  /// Whether a person may be asked: there is a terminal, this is not CI, and nobody said no.
  package var isInteractive: Bool {
    let environment = surroundings.environment
    if let said = environment["ATMOS_INTERACTIVE"],
      ["false", "0", "no", "off"].contains(said.lowercased())
    {
      return false
    }
    return ["", "false", "0"].contains((environment["CI"] ?? "").lowercased())
  }

  /// A session for `chain`: remembered, or new.
  package func session(
    for chain: Chain, minimumValidity: Int64? = nil, force: Bool = false
  ) async throws(AuthError) -> Credential {
    try await SessionManager(store: try sessionStore(), effects: try effects()).credential(
      for: chain, policy: SessionPolicy(minimumValidity: minimumValidity, forceTarget: force))
  }

  /// The remembered session of `record`, if it can still be used; nothing is asked or sent.
  package func remembered(
    _ record: IdentityRecord, minimumValidity: Int64? = nil
  ) async throws(AuthError) -> Credential? {
    guard record.isStable else { return nil }
    let credential = try await sessionStore().read(
      realm: try catalog().realm, identity: record.name, digest: record.sessionDigest)
    guard let credential else { return nil }
    let margin = minimumValidity ?? credential.renewalMargin
    return credential.isUsable(at: now, margin: margin) ? credential : nil
  }

  /// The session of `record`: the remembered one while it is good, else a new one.
  package func session(
    of record: IdentityRecord, minimumValidity: Int64? = nil
  ) async throws(AuthError) -> Credential {
    if let credential = try await remembered(record, minimumValidity: minimumValidity) {
      return credential
    }
    return try await session(
      for: try chain(for: record.name), minimumValidity: minimumValidity)
  }
}
