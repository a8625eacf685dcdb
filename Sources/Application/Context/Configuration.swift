package import AuthConfiguration
package import Core
import Logging
package import Model

/// The configuration that a request leads to: read when it is first asked for, and never again.
///
/// What was read stays as it is for as long as the value lives; to read it again, make
/// another one.
package final class Configuration {
  /// Where it is, by which flags, in which environment.
  package let request: ConfigurationRequest
  /// The kinds of the registry, made when they are first asked for.
  package private(set) lazy var kinds = tools.registry.kinds
  private let tools: Tools
  private var loadedCatalog: Catalog?
  private var loadedFull: FullConfiguration?
  private var beingAllowed: [ByteText: Set<ByteText>] = [:]
  /// The fingerprints that were found to be allowed.
  private var approved: Set<String> = []
  /// Whether only what belongs to a CI job may be reached: nothing stored of a person's.
  var isJobOnly = false

  /// What reading takes, whatever is read.
  struct Tools {
    /// The directory that the command works in; it has to exist.
    var directory: String
    /// The absolute path of this program, whose index another build does not use.
    var executable: String
    /// The time.
    var now: @Sendable () -> Instant
    /// What is done.
    var log: Logger
    /// Takes the level of the log that a configuration asks for.
    var levels: LogThreshold
    /// Every cloud and kind.
    var registry: Registry
    /// The terminal that the person sits at.
    var terminal: String?
    /// Whether this is a CI job without a terminal.
    var isJob: () -> Bool
  }

  init(_ request: ConfigurationRequest, tools: Tools) {
    self.request = request
    self.tools = tools
  }

  /// The one that another request leads to.
  func replacing(_ request: ConfigurationRequest) -> Configuration {
    Configuration(request, tools: tools)
  }

  /// The configuration as far as commands need it, from the index when that is fresh.
  package func catalog() throws(AuthError) -> Catalog {
    if let loadedCatalog { return loadedCatalog }
    guard FileSystem.isDirectory(tools.directory) else {
      throw AuthError.noSuchDirectory(tools.directory)
    }
    let catalog = try Catalog.load(
      request, build: build, now: tools.now(), registry: tools.registry)
    loadedCatalog = catalog
    tools.levels.take(catalog.logLevel)
    tools.log.debug(
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
  ///
  /// With `mayBeMissing`, no file at all gives a catalog without identities, with the default
  /// settings.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` if a file cannot be read, or if there is
  ///   none and `mayBeMissing` is `false`.
  package func readableCatalog(mayBeMissing: Bool = false) throws(AuthError) -> Catalog {
    let catalog = try catalog()
    guard mayBeMissing || catalog.isConfigured || !catalog.diagnostics.isEmpty else {
      throw catalog.nothingFound()
    }
    let fatal: Set<String> = ["syntax", "unreadable", "several-documents", "bad-realm"]
    let faults = catalog.diagnostics.filter { $0.severity == .error && fatal.contains($0.code) }
    guard let first = faults.first else { return catalog }
    let place = first.mark.map { "\($0.file):\($0.line):\($0.column): " } ?? ""
    throw AuthError(
      .badConfiguration, "\(place)\(first.message)",
      // Of a file that cannot be read, validating it shows no more.
      hints: first.code == "unreadable"
        ? first.suggestion.map { [$0] } ?? [] : ["`atmos-auth validate` shows every fault"])
  }

  /// The configuration itself, parsed.
  package func full() throws(AuthError) -> FullConfiguration {
    if let loadedFull { return loadedFull }
    let full = try FullConfiguration.load(request)
    loadedFull = full
    return full
  }

  /// The chain of an identity, ready to be asked for credentials.
  ///
  /// What is allowed is found out from the very files that the chain is made from, which may have
  /// changed since the catalog was read.
  ///
  /// - Throws: ``AuthError``; `loginRequired` if it may not be used.
  package func chain(for identity: String) throws(AuthError) -> Chain {
    let full = try full()
    let trust = full.trust(for: identity, kinds: kinds)
    let access = try access(trust, [identity.lowercased()])
    let chain = try full.chain(for: identity, kinds: kinds, commands: access)
    try check(chain, trust)
    return chain
  }

  /// The chain of an identity for describing it; whether it may be used does not matter.
  func describedChain(for identity: String) throws(AuthError) -> Chain {
    try full().chain(for: identity, kinds: kinds, commands: commandAccess)
  }

  /// The chain of a provider alone, as ``chain(for:)``.
  package func chain(forProvider provider: String) throws(AuthError) -> Chain {
    let full = try full()
    let trust = full.trust(forProvider: provider, kinds: kinds)
    let access = try access(trust, [NameGrants.name(ofProvider: provider)])
    let chain = try full.chain(forProvider: provider, kinds: kinds, commands: access)
    try check(chain, trust)
    return chain
  }

  /// The variables of an identity's `env`, with the output of its commands.
  ///
  /// For a person to decide about, whether they may be used does not matter, and those commands run
  /// that may.
  ///
  /// - Throws: ``AuthError``; `loginRequired` if they may not be used, as the files are now.
  func environment(
    for identity: String, isForDecision: Bool
  ) throws(AuthError) -> [(name: String, value: String)] {
    let full = try full()
    let trust = full.trust(for: identity, kinds: kinds)
    let names = [identity.lowercased()]
    let access =
      isForDecision ? (try? access(trust, names)) ?? commandAccess : try access(trust, names)
    return try full.environment(for: identity, commands: access)
  }

  /// What an identity or provider does, by the files that chains are made from, and whether that is
  /// the person's own.
  var definitions: @Sendable (_ name: String) -> (fingerprint: String, isOwn: Bool) {
    get throws(AuthError) {
      let (full, kinds) = (try full(), kinds)
      // A role that was only typed has no definition.
      let hasOwnFilesOnly = try catalog().foreignFiles.isEmpty
      return { full.origin(of: $0, kinds: kinds) ?? ("", hasOwnFilesOnly) }
    }
  }

  // What commands print is part of what was allowed, too, where it says who one becomes.
  private func check(
    _ chain: Chain, _ trust: (description: TrustDescription, isOwn: Bool)?
  ) throws(AuthError) {
    guard let trust, !trust.isOwn, !isJobOnly,
      trust.description.traits.contains(where: { $0.contains(" = !exec ") })
    else { return }
    try CommandValues(chain, fingerprint: trust.description.fingerprint, request.paths).check()
  }

  // Commands are part of what was allowed.
  private func access(
    _ trust: (description: TrustDescription, isOwn: Bool)?, _ names: [String]
  ) throws(AuthError) -> CommandAccess {
    // Making the chain says why there is none.
    guard let trust else { return commandAccess }
    let isLooser = try catalog().find(names[0])?.loosensOwn != nil
    switch try decision(
      on: trust.description, isOwn: trust.isOwn, names: names, isLooser: isLooser)
    {
    case .use, .useInJob:
      approve(trust.description.fingerprint)
      return approvedAccess
    case .refuseFile(let reason): throw AuthError(.loginRequired, reason)
    case .ask, .refuseUnknown:
      throw AuthError(
        .loginRequired, "`\(NameGrants.shown(names[0]))` is not allowed as it is now",
        hints: ["look at it with `atmos-auth status`, then `atmos-auth allow -i NAME`"])
    }
  }

  /// Remembers that a fingerprint may be used, for as long as this value lives.
  func approve(_ fingerprint: String) { approved.insert(fingerprint) }

  /// Whether a fingerprint was found to be allowed.
  func isApproved(_ fingerprint: String) -> Bool { approved.contains(fingerprint) }

  /// Whether this is a CI job without a terminal, in which a checkout counts as allowed.
  var isJob: Bool { tools.isJob() && (try? catalog())?.trust.isStrict != true }

  /// The files that need not be this person's alone: those in `auth.trust.directories`.
  var ownerExceptions: OwnerExceptions {
    let environment = request.environment
    return OwnerExceptions(
      directories: { (try? self.catalog())?.trust.directories ?? [] },
      isContainerRoot: { OwnerExceptions.isContainerRoot { environment[$0] } })
  }

  /// How `!exec` is carried out in what was allowed, of which each command is part.
  ///
  /// Before anything was allowed it is as in ``commandAccess``.
  var approvedAccess: CommandAccess {
    var access = commandAccess
    if !approved.isEmpty { access.isTrusted = { _, _ in true } }
    return access
  }

  /// How `!exec` in its files is carried out.
  var commandAccess: CommandAccess { commandTrust.access }

  /// Which `!exec` in its files may be carried out.
  var commandTrust: CommandTrust {
    let password = (try? catalog())?.keyring.passwordEnvironment
    return CommandTrust(
      request,
      environment: HelperEnvironment.of(
        request.environment, configured: password, terminal: tools.terminal),
      beingAllowed: beingAllowed)
  }

  /// The same, in which commands may run that a person is just allowing.
  func allowing(_ commands: [AllowableCommands]) -> Configuration {
    let other = replacing(request)
    other.beingAllowed = Dictionary(
      commands.map { (ByteText($0.file), Set($0.expressions.map(ByteText.init))) },
      uniquingKeysWith: { $0.union($1) })
    return other
  }

  /// What an index was made by: another build may know other kinds.
  private var build: String {
    "\(Version.current) \(FileSystem.stamp(tools.executable)?.text ?? "")"
  }
}

extension AuthError {
  /// The error for a directory to work in that does not exist.
  static func noSuchDirectory(_ path: String) -> AuthError {
    let near = NearPath.hint(for: path, typed: path) { FileSystem.isDirectory($0) }
    return AuthError(.usage, "no such directory: \(path)", hints: near.map { [$0] } ?? [])
  }
}

extension ConfigurationFlags {
  /// The request for the configuration that they mean from `directory`.
  func request(
    in directory: String, environment: [String: String], paths: StatePaths, registry: Registry
  ) -> ConfigurationRequest {
    var request = ConfigurationRequest(
      workingDirectory: directory, environment: environment, paths: paths, basePath: basePath,
      configFiles: configFiles, configPaths: configPaths, profiles: profiles)
    request.redirects = registry.redirects(in: environment)
    return request
  }
}
