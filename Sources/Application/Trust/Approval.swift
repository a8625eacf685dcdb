import AuthConfiguration
package import Core
import Model
import Terminal

extension Configuration {
  /// Decides about using what `trust` describes.
  ///
  /// - Parameters:
  ///   - trust: What it does.
  ///   - isOwn: Whether the person's own files alone say the same.
  ///   - names: The name as it was asked for, and the identity's own.
  ///   - granted: Fingerprints that a directory's grant covers.
  ///   - isLooser: Whether it is one of the person's own with less restraint.
  ///   - canAsk: Whether a person typed the command and is there to be asked.
  /// - Returns: The decision.
  /// - Throws: ``AuthError`` where the configuration cannot be read.
  func decision(
    on trust: TrustDescription, isOwn: Bool, names: [String], granted: [String] = [],
    isLooser: Bool = false, canAsk: Bool = false
  ) throws(AuthError) -> TrustDecision {
    if isOwn || isApproved(trust.fingerprint) { return isJobOnly ? .useInJob : .use }
    return try decisionOnCheckout(
      trust, names: names, granted: granted, isLooser: isLooser, canAsk: canAsk)
  }

  /// The same of what a checkout says, whatever was decided before.
  func decisionOnCheckout(
    _ trust: TrustDescription, names: [String], granted: [String] = [], isLooser: Bool = false,
    canAsk: Bool = false
  ) throws(AuthError) -> TrustDecision {
    let catalog = try catalog()
    let isAllowed =
      granted.contains(trust.fingerprint)
      || Self.isAllowed(
        names, trust, in: catalog.configurationDirectory, request.paths)
    let exceptions = ownerExceptions
    let objection = catalog.foreignFiles.lazy.compactMap { path in
      FileOwnership.objection(to: path, exceptions: exceptions)
        .map { "\(path) is not used: \($0)" }
    }.first
    return TrustDecision(
      TrustQuestion(
        isAllowed: isAllowed, isLooser: isLooser, objection: objection, isCI: isJob, canAsk: canAsk)
    )
  }

  /// Whether a fingerprint was allowed for a name: of this configuration, or of a clone of it, whose
  /// realm is the same, since that is part of the fingerprint.
  private static func isAllowed(
    _ names: [String], _ trust: TrustDescription, in directory: String, _ paths: StatePaths
  ) -> Bool {
    if let own = NameGrants(of: directory, paths), own.allows(names[0], trust) {
      return true
    }
    let others = (try? NameGrants.all(paths)) ?? []
    if others.contains(where: { $0.allows(names[0], trust) }) { return true }
    // Earlier releases had grants of directories only.
    let grants = ((try? FileSystem.list(paths.trustDirectory)).flatMap { $0 } ?? [])
      .filter { $0.hasSuffix(".grant") }.lazy.compactMap { Grant.read(paths, named: $0) }
    return grants.contains { grant in
      grant.decision == .allow
        && grant.selections.contains { selection in
          ([selection.fingerprint] + selection.known).contains(trust.fingerprint)
            && Set(names.map(ByteText.init))
              .contains(ByteText(selection.activation.identity.lowercased()))
        }
    }
  }
}

extension CommandContext {
  /// Makes sure that an identity may be used, before anything of it is.
  ///
  /// What is the person's own always may, what a checkout says only as the person allowed it; see
  /// docs/trust.md. Someone who typed the command at a terminal is asked once.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` if it may not be used.
  package func approve(_ who: Resolution) async throws(AuthError) {
    let catalog = try who.configuration.readableCatalog()
    if let bound = who.bound, !who.record.isOwn {
      let trust = catalog.trust(for: who.record)
      if trust.fingerprint != bound, !isTightened(from: bound, to: trust, who) {
        // Before prompts are told to look.
        if let pin = who.pin, var record = PinRecord.read(paths, digest: pin) {
          record.isEnded = true
          try? record.write(paths, digest: pin)
        }
        throw refusal(
          trust, what: who.record.name, names: [who.record.name.lowercased()],
          in: who.configuration, isBound: true)
      }
    }
    try await approve(
      catalog.trust(for: who.record),
      isOwn: who.record.isOwn && isOwnChoice(who, catalog),
      what: who.record.name,
      names: [who.asked, who.record.name.lowercased()], granted: who.granted,
      replacesOwn: who.record.replacesOwn, loosensOwn: who.record.loosensOwn, in: who.configuration)
  }

  private func isOwnChoice(_ who: Resolution, _ catalog: Catalog) -> Bool {
    who.reason == .stack || who.reason == .role
      ? !who.isChosenByCheckout : catalog.isOwnChoice(who.asked, of: who.record)
  }

  // What was handed out may become tighter, as far as it is what was allowed last.
  private func isTightened(
    from bound: String, to trust: TrustDescription, _ who: Resolution
  ) -> Bool {
    let grants = (try? who.configuration.catalog()).flatMap {
      NameGrants(of: $0.configurationDirectory, paths)
    }
    return grants?.entry(who.record.name.lowercased())?.isTightened(from: bound, to: trust) ?? false
  }

  /// The same for a provider alone.
  func approve(provider name: String, in configuration: Configuration) async throws(AuthError) {
    let catalog = try configuration.readableCatalog()
    guard
      let record = catalog.providers.first(where: { $0.name.lowercased() == name.lowercased() })
    else { return }
    let asked = NameGrants.name(ofProvider: record.name)
    try await approve(
      catalog.trust(for: record), isOwn: record.isOwn, what: "provider \(record.name)",
      names: [asked], granted: [], replacesOwn: false, in: configuration)
  }

  /// The same for what a description is of.
  func approve(
    _ trust: TrustDescription, isOwn: Bool, what: String, names: [String], granted: [String],
    replacesOwn: Bool, loosensOwn: String? = nil, in configuration: Configuration
  ) async throws(AuthError) {
    let asker = mayAskForTrust ? person : nil
    let decision = try configuration.decision(
      on: trust, isOwn: isOwn, names: names, granted: granted, isLooser: loosensOwn != nil,
      canAsk: asker != nil)
    try await carryOut(
      decision, trust, what: what, names: names, replacesOwn: replacesOwn, loosensOwn: loosensOwn,
      asker: asker, in: configuration)
  }

  /// Makes sure that the integrations which a checkout adds to an identity of the person's own may be
  /// set up, where they were asked for by name.
  func approveOffers(of who: Resolution) async throws(AuthError) {
    guard !who.record.offers.isEmpty else { return }
    let asker = mayAskForTrust ? person : nil
    let names = [who.record.name.lowercased()]
    let trust = try who.configuration.readableCatalog().trust(for: who.record)
    let decision = try who.configuration.decisionOnCheckout(
      trust, names: names, canAsk: asker != nil)
    try await carryOut(
      decision == .useInJob ? .use : decision, trust, what: who.record.name, names: names,
      asker: asker, in: who.configuration)
  }

  private func carryOut(
    _ decision: TrustDecision, _ trust: TrustDescription, what: String, names: [String],
    replacesOwn: Bool = false, loosensOwn: String? = nil, asker: (any Interaction)?,
    in configuration: Configuration
  ) async throws(AuthError) {
    switch decision {
    case .use: configuration.approve(trust.fingerprint)
    case .useInJob:
      configuration.approve(trust.fingerprint)
      configuration.isJobOnly = true
    case .ask:
      guard let asker else { return }
      let before = NameGrants(of: try configuration.catalog().configurationDirectory, paths)?
        .entry(names[0])
      show(trust, of: what, before: before?.traits, replacesOwn: replacesOwn, in: configuration)
      let answer = try await asker.ask("Allow it from now on, and go on? [y/N] ", hidden: false)
      guard ["y", "yes"].contains(answer.revealed().trimmed.lowercased()) else {
        throw AuthError(.loginRequired, "`\(what)` was not allowed")
      }
      try allow(trust, names: names, in: configuration)
      configuration.approve(trust.fingerprint)
    case .refuseFile(let reason):
      throw AuthError(
        .loginRequired, reason,
        hints: ["make yourself the only one who can write to it: `chmod go-w`, `chown`"])
    case .refuseUnknown:
      let error = refusal(trust, what: what, names: names, in: configuration)
      throw loosensOwn.map { error.hint(Self.loosening($0)) } ?? error
    }
  }

  private static func loosening(_ name: String) -> String {
    "it is as your own `\(DisplayText.sanitized(name))`, but less restrained"
  }

  /// Shows what an identity would do, with what changed since it was last allowed.
  func show(
    _ trust: TrustDescription, of what: String, before: [String]?, replacesOwn: Bool,
    loosensOwn: String? = nil, in configuration: Configuration
  ) {
    let files = ((try? configuration.catalog())?.foreignFiles ?? []).prefix(3)
    say("`\(what)`\(files.isEmpty ? "" : " of \(files.joined(separator: ", "))"):")
    if replacesOwn { say("  it replaces yours of that name") }
    if let loosensOwn { say("  \(Self.loosening(loosensOwn))") }
    TraitDifference(before: before ?? [], after: trust.traits).lines(on: err)
      .forEach { err.write("  \($0)\n") }
    for path in filesWritten(for: what, in: configuration) { say("  writes \(path)") }
  }

  /// Allows what `trust` describes, for the name as it was asked for and for the identity's own.
  func allow(
    _ trust: TrustDescription, names: [String], in configuration: Configuration
  ) throws(AuthError) {
    let directory = try configuration.catalog().configurationDirectory
    try TrustLock.hold(paths) { () throws(AuthError) in
      guard var grants = NameGrants(of: directory, paths) else {
        throw AuthError(.system, "\(DisplayText.sanitized(directory)) is not a directory")
      }
      for name in names { grants.allow(name, trust.fingerprint, traits: trust.traits) }
      try grants.store()
      try CommandValues.forget(of: trust.fingerprint, paths)
    }
  }

  // Whoever finds a change first says so and lets prompts look again.
  private func refusal(
    _ trust: TrustDescription, what: String, names: [String], in configuration: Configuration,
    isBound: Bool = false
  ) -> AuthError {
    let catalog = try? configuration.catalog()
    let unit = names.first.flatMap(NameGrants.unit(of:)).map {
      $0.hasPrefix("/") ? $0 : "\(catalog?.configurationDirectory ?? "")/\($0)"
    }
    let words =
      ["atmos-auth", "allow"] + options
      + (unit.map { [$0] } ?? Self.words(allowing: names, what))
    let command = "`\(ShellQuoting.typed(command: words))`"
    let before = catalog.flatMap {
      NameGrants(of: $0.configurationDirectory, paths)?.entry(names[0])
    }
    guard let catalog, before != nil || isBound else {
      let file = (try? configuration.catalog())?.foreignFiles.first ?? "the configuration"
      return AuthError(
        .loginRequired, "`\(what)` of \(DisplayText.sanitized(file)) is not allowed yet",
        hints: ["\(command) shows what it would do, and allows it"]
      )
      .hints(ofChoice: names)
    }
    try? Generation.advance(
      paths, identities: [(realm: catalog.realm, name: names.last ?? what)])
    let difference = LineDifference.lines(from: before?.traits ?? [], to: trust.traits)
      .filter { $0.sign != " " }
    let shown = difference.prefix(8).map {
      "\($0.sign) \(DisplayText.sanitized($0.text, limit: 200))"
    }
    return AuthError(
      .loginRequired,
      "what `\(what)` does has changed since it was \(isBound ? "handed out" : "allowed")",
      hints: shown + ["\(command) accepts it"]
    ).hints(ofChoice: names)
  }
}

extension CommandContext {
  // What `allow` is told for names among the grants.
  private static func words(allowing names: [String], _ what: String) -> [String] {
    if let stack = names.first.flatMap(NameGrants.stack(of:)) { return ["--stack", stack] }
    let name = names.last ?? what
    return NameGrants.provider(of: name).map { ["--provider", $0] } ?? ["-i", name]
  }
}

extension NameGrants {
  /// The provider that a name among those of identities stands for; `nil` for an identity's.
  static func provider(of name: String) -> String? {
    name.hasPrefix("provider:") ? String(name.dropFirst("provider:".count)) : nil
  }

  /// What the choice of a stack is called among the names of identities.
  static func name(ofStack name: String) -> String { "stack:\(name)".lowercased() }

  /// The stack that a name among those of identities stands for.
  static func stack(of name: String) -> String? {
    name.hasPrefix("stack:") ? String(name.dropFirst("stack:".count)) : nil
  }

  /// What the choice of a unit of terragrunt's is called among the names of identities.
  ///
  /// - Parameters:
  ///   - directory: The unit's, absolute.
  ///   - configuration: The configuration's directory, below which clones have the same names.
  /// - Returns: The name.
  static func name(ofUnit directory: String, in configuration: String) -> String {
    guard directory.hasPrefix(configuration + "/") else { return "terragrunt:\(directory)" }
    return "terragrunt:\(directory.dropFirst(configuration.utf8.count + 1))"
  }

  /// The directory that a name among those of identities stands for.
  static func unit(of name: String) -> String? {
    name.hasPrefix("terragrunt:") ? String(name.dropFirst("terragrunt:".count)) : nil
  }

  /// What an account of an accounts file is called among the names of identities.
  static func name(ofAccount name: String) -> String { "account:\(name)".lowercased() }

  /// The account that a name among those of identities stands for.
  static func account(of name: String) -> String? {
    name.hasPrefix("account:") ? String(name.dropFirst("account:".count)) : nil
  }

  /// A name of a grant as a person knows it.
  static func shown(_ name: String) -> String {
    provider(of: name).map { "provider \($0)" } ?? account(of: name).map { "account \($0)" }
      ?? unit(of: name) ?? name
  }

  /// What a provider is called among the names of identities.
  static func name(ofProvider name: String) -> String { "provider:\(name.lowercased())" }
}

extension AuthError {
  /// With what helps where a default or a tag led to the identity, which is a choice to be allowed.
  fileprivate func hints(ofChoice names: [String]) -> AuthError {
    guard let name = names.last, names[0] != name else { return self }
    let command = ShellQuoting.typed(command: ["--identity", name])
    return hint("or name it yourself: `\(command)`")
  }
}
