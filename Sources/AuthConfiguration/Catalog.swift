public import Core
public import Model

/// What a configuration holds, in a form that answers at once however large it is.
///
/// The first time it is made from YAML and written to an index; later, as long as no file and no
/// variable that it depends on has changed, the index answers. Which files count is looked up again
/// every time. There are no secrets in it.
public struct Catalog: Sendable {
  /// Whether the index answered.
  public let isFromIndex: Bool

  let request: ConfigurationRequest
  let discovery: Discovery
  let head: IndexHead
  private let index: IndexFile
  /// Makes the index again; for one that turns out to be damaged.
  private let remake: @Sendable () throws(AuthError) -> Catalog
  /// The files once more, for the few things that an index must not hold.
  private let secrets: FileSecrets

  /// Finds and reads the configuration of a request.
  ///
  /// - Parameters:
  ///   - request: What is asked for.
  ///   - build: A text that is another one in every build of the program: its version and its
  ///     executable's stamp. An index that another build wrote is rebuilt.
  ///   - now: The time.
  ///   - registry: Every cloud and kind; its kinds are asked for when the index cannot answer.
  /// - Returns: The catalog; what is wrong inside files is in its ``diagnostics``.
  /// - Throws: ``AuthError`` with code `usage` when a file, a profile or a realm that was asked for
  ///   by name cannot be used, `badConfiguration` when one of the request's ``Limits`` is passed.
  public static func load(
    _ request: ConfigurationRequest, build: String, now: Instant, registry: Registry
  ) throws(AuthError) -> Catalog {
    let discovery = try Discovery(request)
    let question = IndexQuestion(request, discovery)
    let path = request.paths.indexPath(key: question.key)
    let remake = { @Sendable () throws(AuthError) in
      _ = try FileSystem.remove(path)
      return try load(request, build: build, now: now, registry: registry)
    }
    if let (index, head) = question.answer(at: path, request, build: build, now: now) {
      return Catalog(request, discovery, head, index, isFromIndex: true, remake)
    }
    let full = try FullConfiguration.load(request, discovery)
    var head = IndexHead()
    head.request = question.text
    head.build = build
    head.workingDirectory = full.merged.usesWorkingDirectory ? request.workingDirectory : nil
    head.usesGitRoot = full.merged.usesGitRoot
    head.inputs = full.merged.files.map {
      IndexHead.Input(file: $0, isRecent: IndexHead.isRecent($0.stamp, now: now))
    }
    let bytes = try CatalogBuilder(full, registry).build(head)
    Parallel.release(consume full)
    // Without a place to write to, every command reads the YAML; that is slow and right.
    try? bytes.write(to: path)
    guard let index = IndexFile(bytes), let head = IndexHead(index.reader(.general))
    else { throw AuthError(.system, "the index of the configuration cannot be made") }
    return Catalog(request, discovery, head, index, isFromIndex: false, remake)
  }

  private init(
    _ request: ConfigurationRequest, _ discovery: Discovery, _ head: IndexHead,
    _ index: IndexFile, isFromIndex: Bool,
    _ remake: @escaping @Sendable () throws(AuthError) -> Catalog
  ) {
    self.remake = remake
    self.request = request
    self.discovery = discovery
    self.head = head
    self.index = index
    self.isFromIndex = isFromIndex
    secrets = FileSecrets(request, discovery)
  }

  // MARK: The configuration as a whole

  /// Whether an `atmos.yaml` was found.
  public var isConfigured: Bool { !head.files.isEmpty }
  /// The `atmos.yaml` files that were read, lowest precedence first.
  public var files: [String] { head.files }
  /// A directory whose YAML files are read with the nearest `atmos.yaml`.
  ///
  /// It need not be there yet; `nil` when there is no such file, or it is the machine's own.
  public var dropInDirectory: String? {
    guard let main = discovery.mainFiles.last, main.followsImports else { return nil }
    let shown = "\(main.directory)/atmos.d"
    return FileSystem.isDirectory(shown) ? shown : "\(main.directory)/.atmos.d"
  }
  /// The namespace of stored credentials.
  public var realm: String { head.realm }
  /// Where the realm came from.
  public var realmSource: RealmSource { head.realmSource }
  /// `auth.keyring`.
  public var keyring: KeyringSettings { head.keyring }
  /// `auth.shell`.
  public var shell: ShellOptions { head.shell }
  /// `auth.trust`, of the person's own files.
  public var trust: TrustSettings { head.trust }
  /// `auth.audit`, of the person's own files.
  public var audit: AuditSettings { head.audit }
  /// `auth.logs.level`.
  public var logLevel: String? { head.logLevel }
  /// `auth.console.isolated`.
  public var isConsoleIsolated: Bool { head.isConsoleIsolated }
  /// The profiles in force.
  public var profiles: [String] { head.profiles }
  /// The profiles there are, sorted.
  public var profilesAvailable: [String] { head.profilesAvailable }
  /// `ATMOS_*` of the configuration's `env:` that the environment does not have; they act as if it
  /// had.
  public var environmentDefaults: [(name: String, value: String)] {
    head.hasSecretDefaults ? secrets.promoted : head.promoted
  }
  /// The files that are not the person's own; see docs/trust.md.
  public var foreignFiles: [String] { head.foreignFiles }
  /// The settings of those files that do not count, since only own files may say them.
  public var ignoredSettings: [String] { head.ignoredSettings }
  /// The directory of the configuration, which grants belong to.
  public var configurationDirectory: String {
    discovery.configDirectory ?? discovery.gitRoot ?? request.workingDirectory
  }
  /// The names of the identities marked `default`, sorted.
  public var defaults: [String] { head.defaults }
  /// Whether the person's own files alone lead from what was asked for to an identity.
  ///
  /// - Parameters:
  ///   - asked: The name or alias in lower case, empty for the default, or `tags:` and tags.
  ///   - record: The identity that it led to here.
  /// - Returns: `false` where a checkout's files lead there.
  public func isOwnChoice(_ asked: String, of record: IdentityRecord) -> Bool {
    if asked == record.name.lowercased() { return true }
    if asked.isEmpty { return !head.foreignChoices.contains(.defaults) }
    return !head.foreignChoices.contains(asked.hasPrefix("tags:") ? .tags : .aliases)
  }

  /// How many identities there are.
  public var count: Int { head.count }
  /// How many of ``diagnostics`` are errors.
  public var errorCount: Int { head.errorCount }

  /// Everything that is wrong, by file and line.
  public var diagnostics: [Diagnostic] {
    index.reader(.diagnostics).map { reader in
      var reader = reader
      return reader.readList { $0.readDiagnostic() }
    } ?? []
  }

  // MARK: Identities

  /// The names of the identities, original case, sorted without case.
  public var names: [String] { labels.map(\.name) }

  /// What completion needs of the identities, sorted as ``names``; a tenth of the work of reading
  /// ``identities``.
  public var labels: [IdentityLabel] {
    index.reader(.labels).map { reader in
      var reader = reader
      var labels: [IdentityLabel] = []
      labels.reserveCapacity(head.count)
      while !reader.isAtEnd, reader.isValid { labels.append(reader.readLabel()) }
      return labels
    } ?? []
  }

  /// All identities, sorted as ``names``.
  public var identities: [IdentityRecord] {
    guard !isFromIndex || index.hasWholeRecords, let ranges = index.recordRanges else {
      // What was made a moment ago and does not fit is not made better by making it once more.
      return isFromIndex ? (try? remake())?.identities ?? [] : []
    }
    return Parallel.map(ranges.count) { part in
      ranges[part].map { range in
        var reader = index.reader(of: range)
        return reader.readIdentity(value)
      }
    }
  }

  /// The providers, sorted by name.
  public var providers: [ProviderRecord] {
    index.reader(.providers).map { reader in
      var reader = reader
      return reader.readList { $0.readProvider() }
    } ?? []
  }

  /// The integrations, sorted by name.
  public var integrations: [IntegrationRecord] {
    index.reader(.integrations).map { reader in
      var reader = reader
      return reader.readList { $0.readIntegration() }
    } ?? []
  }

  /// The identity with a name or alias, in any case, or `nil`.
  ///
  /// It reads one record, however many there are.
  public func find(_ name: String) -> IdentityRecord? {
    let key = name.lowercased()
    let found = index.find(key) { reader in
      let record = reader.readIdentity(value)
      let isMeant = record.name.lowercased() == key || record.alias?.lowercased() == key
      return isMeant ? record : nil
    }
    if found == nil, isFromIndex, !index.hasWholeRecords { return (try? remake())?.find(name) }
    return found
  }

  /// The identity with a name or alias, in any case.
  ///
  /// - Throws: ``AuthError`` with code `identityNotFound` and the nearest names.
  public func identity(named name: String) throws(AuthError) -> IdentityRecord {
    if let record = find(name) { return record }
    let names = names
    var error = AuthError.identityNotFound(name, names, discovery)
    error.hints += profileHints(name)
    if head.errorCount > 0 {
      error = error.hint("the configuration has errors; run `atmos-auth validate`")
    }
    throw error
  }

  // Which profiles would know an identity, if none was asked for; atmos looks there, too.
  private func profileHints(_ name: String) -> [String] {
    guard head.profiles.isEmpty else { return [] }
    let shown = DisplayText.sanitized(name, limit: 80)
    let profiles = ConfigurationLoader.profiles(defining: name, limit: 3, request, discovery)
    return profiles.map { profile in
      let word = ShellQuoting.typed(DisplayText.sanitized(profile, limit: 80))
      return "identity `\(shown)` is defined in profile `\(word)`: add `--profile \(word)`"
    }
  }

  private func value(_ identity: String, _ name: String, _ stored: StoredValue) -> String {
    switch stored {
    case .literal(let value): value
    case .variable(let variable):
      request.environment[variable]
        ?? environmentDefaults.first { $0.name == variable }?.value ?? ""
    case .hidden: secrets.value(of: name, identity: identity)
    }
  }

  /// What a person's `allow` of a provider alone covers.
  public func trust(for record: ProviderRecord) -> TrustDescription {
    let redirects = record.isOwn ? [] : request.redirectLines()
    let lines = redirects + head.surroundings + record.traits
    return TrustDescription(fingerprint: TrustTraits.fingerprint(lines), traits: lines)
  }

  /// What a person's `allow` of an identity covers: every link of its chain, the realm and the
  /// keyring, and of the environment what leads elsewhere.
  public func trust(for record: IdentityRecord) -> TrustDescription {
    var lines = record.isOwn ? [] : request.redirectLines(over: record.environment)
    lines += head.surroundings
    let providers = record.chain.first?.section == .provider ? self.providers : []
    for step in record.chain.dropLast() {
      lines +=
        step.section == .provider
        ? providers.first { $0.name == step.name }?.traits ?? [] : find(step.name)?.traits ?? []
    }
    lines += record.traits
    return TrustDescription(fingerprint: TrustTraits.fingerprint(lines), traits: lines)
  }
}
