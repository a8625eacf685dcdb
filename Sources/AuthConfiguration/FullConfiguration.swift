public import Core
public import Model

/// A configuration read from its YAML files, with everything in it, secrets included.
///
/// It reads every file, so it is for what ``Catalog`` does not hold: making chains.
public struct FullConfiguration: Sendable {
  /// The namespace of stored credentials.
  public let realm: String
  /// Where the realm came from.
  public let realmSource: RealmSource

  /// `auth.accounts`: the accounts file, and the file that says so.
  public var accounts: (path: String, file: String)? { settings.accounts }
  /// `auth.console`.
  public var console: ConsoleSettings { settings.console }

  let merged: MergedConfiguration
  let settings: AuthSettings
  let traits: TrustTraits
  let request: ConfigurationRequest

  /// Reads and merges the files of a request.
  ///
  /// - Throws: ``AuthError`` with code `usage` when a file, a profile or a realm that was asked for
  ///   by name cannot be used, `badConfiguration` when one of the request's ``Limits`` is passed. What
  ///   else is wrong inside files is in ``diagnostics(kinds:)``.
  public static func load(_ request: ConfigurationRequest) throws(AuthError) -> FullConfiguration {
    try load(request, Discovery(request))
  }

  static func load(
    _ request: ConfigurationRequest, _ discovery: Discovery
  ) throws(AuthError) -> FullConfiguration {
    try FullConfiguration(ConfigurationLoader.load(request, discovery), request)
  }

  private init(
    _ merged: MergedConfiguration, _ request: ConfigurationRequest
  ) throws(AuthError) {
    var merged = merged
    settings = AuthSettings(merged.settings, home: request.home)
    traits = TrustTraits(TrustKey(request.paths), merged.programs)
    self.request = request
    let variable = "ATMOS_AUTH_REALM"
    merged.variables[variable] = .some(request.environment[variable])
    self.merged = merged
    if let given = request.variable(variable) ?? merged.promoted[variable], !given.isEmpty {
      if let objection = Realm.objection(to: given) {
        throw AuthError(
          .usage,
          "invalid realm value `\(DisplayText.sanitized(given, limit: 80))` in \(variable): "
            + objection, hints: Realm.corrected(given).map { ["use `\($0)`"] } ?? [])
      }
      (realm, realmSource) = (given, .environment)
    } else if let given = settings.realm {
      (realm, realmSource) = (given, .configuration)
    } else {
      realm = Realm.automatic(for: merged.discovery.realmSource)
      realmSource = .automatic
    }
  }

  /// What the person's own files say alone; `nil` if that is nothing or cannot be used.
  var own: FullConfiguration? {
    switch merged.own {
    case .everything: self
    case .nothing: nil
    case .some(let own): try? FullConfiguration(own, request)
    }
  }

  /// Every fault of every file, by file and line.
  public func diagnostics(kinds: KindRegistry) -> [Diagnostic] {
    Validator(
      configuration: merged, settings: settings, kinds: kinds, chains: ChainMap(merged, kinds)
    ).validate().all
  }

  /// The definition called `name`, in any case; `!exec` is not carried out.
  public func definition(_ section: Kind.Section, _ name: String) -> Definition? {
    let table =
      switch section {
      case .provider: merged.providers
      case .identity: merged.identities
      case .integration: merged.integrations
      }
    return table[name].map { Definition($0, section) }
  }

  /// Where one-time codes for a definition come from; `nil` for the usual places.
  public func codeSources(of definition: Definition) -> [CodeSource]? {
    if let own = definition.codeSources { return own.sources }
    return settings.codeSources.map { CodeSourceList($0, subject: "auth").sources }
  }

  // MARK: Chains

  /// The chain of an identity, ready to log in.
  ///
  /// - Throws: ``AuthError`` with code
  ///   - `identityNotFound` if there is no such identity;
  ///   - `badConfiguration` with the place if an error touches the chain;
  ///   - `notSupported` if a link's kind comes with a later release;
  ///   - `loginRequired` if the chain needs commands from a file that is not trusted.
  public func chain(
    for name: String, kinds: KindRegistry, commands: CommandAccess
  ) throws(AuthError) -> Chain {
    let chains = ChainMap(merged, kinds)
    guard let target = chains.identity(name) else { throw notFound(name) }
    let checker = DefinitionChecker(merged, kinds)
    let steps: [ChainStep]
    do throws(ChainMap.Break) {
      steps = try chains.steps(to: target)
    } catch {
      throw broken(error, target, checker, chains)
    }
    return try chain(steps, checker, kinds, commands)
  }

  /// The chain that consists of a provider alone, for `login --provider`.
  ///
  /// - Throws: ``AuthError`` as ``chain(for:kinds:commands:)`` does; `usage` if there is no such
  ///   provider.
  public func chain(
    forProvider name: String, kinds: KindRegistry, commands: CommandAccess
  ) throws(AuthError) -> Chain {
    guard let index = ChainMap(merged, kinds).provider(name) else {
      let shown = DisplayText.sanitized(name, limit: 80)
      let near = Suggestion.didYouMean(name, among: merged.providers.entries.lazy.map(\.name))
      throw AuthError(
        .usage, "provider not found: `\(shown)`",
        hints: [near, "run `atmos-auth list --providers` to see what there is"].compactMap { $0 })
    }
    let checker = DefinitionChecker(merged, kinds)
    return try chain([ChainStep(section: .provider, index: index)], checker, kinds, commands)
  }

  private func chain(
    _ steps: [ChainStep], _ checker: DefinitionChecker, _ kinds: KindRegistry,
    _ commands: CommandAccess
  ) throws(AuthError) -> Chain {
    if settings.hasBadRealm {
      throw error(of: settings.faults.filter { $0.code == "bad-realm" })
    }
    try refuseErrors(in: steps.flatMap { checker.faults(of: entry($0), $0.section) })
    for step in steps {
      let entry = entry(step)
      let kind = Definition(entry, step.section).kind
      guard kinds.kind(kind, step.section)?.makeSource == nil else { continue }
      throw AuthError(
        .notSupported,
        "\(step.section.rawValue) `\(entry.name)`: kind `\(kind)` is not supported yet",
        hints: ["it is checked and listed; logging in with it comes with a later release"])
    }
    let entries = steps.map { step in
      let entry = entry(step)
      return withCodeSources(
        entry, kind: kinds.kind(Definition(entry, step.section).kind, step.section))
    }
    let target = steps.last?.section == .identity ? entries.last : nil
    try commands.check(entries, for: target?.name)
    var links: [Link] = []
    for (step, entry) in zip(steps, entries) {
      var entry = entry
      if entry.node.hasCommands {
        entry = try commands.carryOut(entry)
        try refuseErrors(in: checker.faults(of: entry, step.section))
      }
      let definition = Definition(entry, step.section)
      guard let kind = kinds.kind(definition.kind, step.section), let makeSource = kind.makeSource
      else { continue }
      links.append(Link(name: entry.name, kind: kind, source: try makeSource(definition)))
    }
    return Chain(realm: realm, links: links)
  }

  /// The `env` of an identity, with the outputs of commands.
  ///
  /// - Throws: ``AuthError`` as ``chain(for:kinds:commands:)`` does.
  public func environment(
    for name: String, commands: CommandAccess
  ) throws(AuthError) -> [(name: String, value: String)] {
    let target =
      merged.identities[name]
      ?? merged.aliases[name.lowercased()].flatMap { merged.identities[$0] }
    guard var entry = target else { throw notFound(name) }
    if let pairs = entry.node["env"], pairs.hasCommands {
      entry.node = ConfigNode(
        .mapping([.init(key: "env", mark: pairs.mark, value: pairs)]), mark: pairs.mark)
      try commands.check([entry], for: entry.name)
      entry = try commands.carryOut(entry)
    }
    return EnvironmentPairs.of(entry.node).map { (name: $0.name, value: $0.node.text ?? "") }
  }

  /// The definition with `auth.mfa.sources`, if its kind needs codes and it does not say from where.
  func withCodeSources(_ entry: NamedNode, kind: Kind?) -> NamedNode {
    guard let sources = settings.codeSources, entry.node["mfa"] == nil,
      kind?.fields.contains(where: { $0.path == Field.codeSources.path }) ?? false
    else { return entry }
    let mfa = ConfigNode(
      .mapping([.init(key: "sources", mark: sources.mark, value: sources)]), mark: sources.mark)
    var entry = entry
    entry.node.content = .mapping(
      entry.node.entries + [.init(key: "mfa", mark: sources.mark, value: mfa)])
    return entry
  }

  func entry(_ step: ChainStep) -> NamedNode {
    step.section == .provider
      ? merged.providers.entries[step.index] : merged.identities.entries[step.index]
  }
}

extension FullConfiguration {
  // MARK: Errors

  private func notFound(_ name: String) -> AuthError {
    let names = merged.identities.entries.map(\.name)
    var error = AuthError.identityNotFound(name, names, merged.discovery)
    if merged.faults.contains(where: { $0.severity == .error }) {
      error.hints.insert("a file has errors; run `atmos-auth validate`", at: 0)
    }
    return error
  }

  private func broken(
    _ reason: ChainMap.Break, _ target: Int, _ checker: DefinitionChecker, _ chains: ChainMap
  ) -> AuthError {
    let validator = Validator(
      configuration: merged, settings: settings, kinds: KindRegistry([]), chains: chains)
    if case .tooLong = reason { return error(of: [validator.lengthFault(target)]) }
    if case .cycle(let members) = reason {
      var validation = Validation(providers: [], identities: [], integrations: [], general: [])
      validator.addCycle(members, &validation)
      return error(of: validation.general)
    }
    // Somewhere up the chain a name leads nowhere; the checker says where.
    var faults: [Diagnostic] = []
    var current: Int? = target
    var visited: Set<Int> = []
    while let index = current, visited.insert(index).inserted {
      let entry = merged.identities.entries[index]
      faults += checker.faults(of: entry, .identity)
      current = entry.node["via", "identity"]?.text.flatMap { chains.identity($0.trimmed) }
    }
    return error(of: faults.filter { $0.severity == .error })
  }

  private func refuseErrors(in faults: [Diagnostic]) throws(AuthError) {
    let errors = faults.filter { $0.severity == .error }
    if !errors.isEmpty { throw error(of: errors) }
  }

  private func error(of errors: [Diagnostic]) -> AuthError {
    guard let first = errors.first else {
      return AuthError(.badConfiguration, "the identity cannot be used")
    }
    let place = first.mark.map { "\(DisplayText.sanitized($0.file)):\($0.line):\($0.column): " }
    var hints = first.suggestion.map { [$0] } ?? []
    hints.append(
      errors.count > 1
        ? "there are \(errors.count - 1) more; run `atmos-auth validate`"
        : "run `atmos-auth validate` to check everything")
    return AuthError(.badConfiguration, "\(place ?? "")\(first.message)", hints: hints)
  }
}

extension AuthError {
  /// The error for an identity that is not there.
  static func identityNotFound(
    _ name: String, _ names: [String], _ discovery: Discovery
  ) -> AuthError {
    let shown = DisplayText.sanitized(name, limit: 80)
    var error = AuthError(.identityNotFound, "identity not found: `\(shown)`")
    guard !discovery.mainFiles.isEmpty else {
      return error.hint("no `atmos.yaml` was found here or above; `--config-path DIR` names one")
    }
    let near = Suggestion.nearest(to: name, among: names, limit: 3)
    if !near.isEmpty { error = error.hint("did you mean \(DefinitionChecker.list(near))?") }
    return error.hint("run `atmos-auth list` to see available identities")
  }
}

/// The `env` of an identity.
enum EnvironmentPairs {
  /// The pairs that have a usable name and a text; of two with one name the later one.
  static func of(_ node: ConfigNode) -> [(name: String, node: ConfigNode)] {
    var pairs: [(name: String, node: ConfigNode)] = []
    var last: [String: Int] = [:]
    for pair in node["env"]?.elements ?? [] {
      guard let name = pair["key"]?.text, FieldCheck.isVariableName(name) else { continue }
      let value = pair.entries.last { ConfigNode.isSameKey($0.key, "value") }?.value
      guard let value, value.isNull || value.text != nil else { continue }
      last[name] = pairs.count
      pairs.append((name, value))
    }
    if last.count == pairs.count { return pairs }
    return pairs.enumerated().filter { last[$0.element.name] == $0.offset }.map(\.element)
  }
}
