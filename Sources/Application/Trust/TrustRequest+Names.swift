import AuthConfiguration
import Core
import Terminal

extension TrustRequest {
  /// Allows an identity of the configuration, after showing what it does.
  func allow(named name: String, _ context: CommandContext) async throws(AuthError) -> Int32 {
    let configuration = context.configuration
    let record = try configuration.readableCatalog().identity(named: name)
    let names = try context.choices(of: record, asked: name)
    let catalog = try configuration.readableCatalog()
    let isOwnChoice = names.allSatisfy { catalog.isOwnChoice($0, of: record) }
    guard !record.isOwn || !record.offers.isEmpty || !isOwnChoice else {
      context.say("`\(record.name)` is in your own configuration, which needs no allowing")
      return 0
    }
    let trust = catalog.trust(for: record)
    try check(trust, record.name, ["-i", record.name])
    context.show(
      trust, of: record.name, before: try Self.traits(of: names[0], context),
      replacesOwn: record.replacesOwn, loosensOwn: record.loosensOwn, in: configuration)
    context.say("  fingerprint \(trust.fingerprint)")
    try context.allow(trust, names: names, in: configuration)
    try await context.settleKeys(of: record, in: configuration, shares: withKeys)
    context.say("\(context.err.symbol("✓", plain: "ok")) allowed, until `atmos-auth revoke`")
    return 0
  }

  /// Allows that a stack leads to its identity, after showing what that does.
  func allow(stack name: String, _ context: CommandContext) async throws(AuthError) -> Int32 {
    guard let who = try await context.identity(of: StackQuestion(named: name)) else { return 0 }
    let record = who.record
    guard !record.isOwn || who.isChosenByCheckout else {
      context.say("stack `\(name)` is in your own configuration, which needs no allowing")
      return 0
    }
    let trust = try context.configuration.readableCatalog().trust(for: record)
    try check(trust, record.name, ["--stack", name])
    context.say("stack `\(name)` selects \(record.name)")
    context.show(
      trust, of: record.name, before: try Self.traits(of: who.asked, context),
      replacesOwn: record.replacesOwn, loosensOwn: record.loosensOwn, in: context.configuration)
    try context.allow(
      trust, names: [who.asked] + (record.isOwn ? [] : [record.name.lowercased()]),
      in: context.configuration)
    context.say("\(context.err.symbol("✓", plain: "ok")) allowed, until `atmos-auth revoke`")
    return 0
  }

  /// Allows an account of a checkout's accounts file, after showing which role it leads to.
  func allow(_ choice: AccountChoice, _ context: CommandContext) throws(AuthError) -> Int32 {
    guard let foreign = try choice.target(context).1 else {
      context.say("\(choice.shown) comes from no checkout, so it needs no allowing")
      return 0
    }
    try check(foreign.trust, choice.shown, choice.words)
    let configuration = context.configuration
    let directory = try configuration.catalog().configurationDirectory
    let before = NameGrants(of: directory, context.paths)?.entry(choice.grantName)
    context.say("\(DisplayText.sanitized(foreign.path)) says of \(choice.shown):")
    TraitDifference(before: before?.traits ?? [], after: foreign.trust.traits)
      .lines(on: context.err).forEach { context.err.write("  \($0)\n") }
    context.say("  fingerprint \(foreign.trust.fingerprint)")
    try context.allow(foreign.trust, names: [choice.grantName], in: configuration)
    context.say("\(context.err.symbol("✓", plain: "ok")) allowed, until `atmos-auth revoke`")
    return 0
  }

  /// Allows a provider alone, after showing what a login to it does.
  func allow(provider name: String, _ context: CommandContext) throws(AuthError) -> Int32 {
    let catalog = try context.configuration.readableCatalog()
    let record = try catalog.provider(named: name)
    guard !record.isOwn || !record.offers.isEmpty else {
      context.say("`\(record.name)` is in your own configuration, which needs no allowing")
      return 0
    }
    let trust = catalog.trust(for: record)
    try check(trust, record.name, ["--provider", record.name])
    let asked = NameGrants.name(ofProvider: record.name)
    context.show(
      trust, of: "provider \(record.name)", before: try Self.traits(of: asked, context),
      replacesOwn: false, in: context.configuration)
    context.say("  fingerprint \(trust.fingerprint)")
    try context.allow(trust, names: [asked], in: context.configuration)
    context.say("\(context.err.symbol("✓", plain: "ok")) allowed, until `atmos-auth revoke`")
    return 0
  }

  private func check(
    _ trust: TrustDescription, _ name: String, _ words: [String]
  ) throws(AuthError) {
    guard let fingerprint, fingerprint.lowercased() != trust.fingerprint else { return }
    let command = ShellQuoting.typed(command: ["atmos-auth", "allow"] + words)
    throw AuthError(
      .loginRequired, "`\(name)` has the fingerprint \(trust.fingerprint)",
      hints: ["look at what it does: `\(command)`"])
  }

  private static func traits(
    of name: String, _ context: CommandContext
  ) throws(AuthError) -> [String]? {
    NameGrants(
      of: try context.configuration.readableCatalog().configurationDirectory, context.paths)?
      .entry(name)?.traits
  }

  /// Allows every identity and provider of the configuration, and every file at or below its directory.
  func allowAll(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let catalog = try context.configuration.readableCatalog()
    var count = 0
    for record in catalog.identities
    where !record.hasErrors && (!record.isOwn || !record.offers.isEmpty) {
      count += 1
      context.show(
        catalog.trust(for: record), of: record.name, before: nil, replacesOwn: record.replacesOwn,
        loosensOwn: record.loosensOwn, in: context.configuration)
      try context.allow(
        catalog.trust(for: record), names: context.choices(of: record, asked: record.name),
        in: context.configuration)
    }
    for record in catalog.providers
    where !record.hasErrors && (!record.isOwn || !record.offers.isEmpty) {
      count += 1
      context.show(
        catalog.trust(for: record), of: "provider \(record.name)", before: nil, replacesOwn: false,
        in: context.configuration)
      try context.allow(
        catalog.trust(for: record), names: [NameGrants.name(ofProvider: record.name)],
        in: context.configuration)
    }
    let units = try allowUnits(below: catalog.configurationDirectory, context)
    let directories = Self.directories(below: catalog.configurationDirectory)
    if count + units > 0 {
      let all = count + units
      context.say(
        "\(context.err.symbol("✓", plain: "ok")) allowed all \(all), until `atmos-auth revoke`")
    } else if directories.isEmpty {
      context.say("nothing here needs allowing")
    }
    var status: Int32 = 0
    for directory in directories {
      do throws(AuthError) {
        _ = try await TrustRequest(directory: directory).allowFile(context)
      } catch {
        // One that cannot be used does not keep the others from being allowed.
        context.say("\(directory): \(error.message)")
        status = error.code.exitStatus
      }
    }
    return status
  }

  // Directories with an identity file; linked ones and those of version control are left out.
  private static func directories(below start: String) -> [String] {
    var found: [String] = []
    var open = [(path: start, depth: 0)]
    var looked = 0
    while let (path, depth) = open.popLast(), looked < 20_000 {
      looked += 1
      for name in (try? FileSystem.list(path)).flatMap({ $0 }) ?? [] {
        let below = "\(path)/\(name)"
        if name == IdentityFile.name { found.append(path) }
        guard !name.hasPrefix("."), depth < 16, FileSystem.isDirectory(below),
          FileSystem.realPath(below) == FileSystem.realPath(path).map({ "\($0)/\(name)" })
        else { continue }
        open.append((below, depth + 1))
      }
    }
    return found.sorted()
  }

  /// Takes away everything that was allowed by name of the configuration that `start` leads to.
  ///
  /// - Returns: Whether there was anything.
  func forgetNames(from start: String, _ context: CommandContext) throws(AuthError) -> Bool {
    var request = context.configuration.request
    request.workingDirectory = start
    let catalog = try context.configuration.replacing(request).catalog()
    let directory = catalog.configurationDirectory
    let removed = try TrustLock.hold(context.paths) { () throws(AuthError) in
      let hadCommands = try context.forgetCommands(of: start)
      guard var grants = NameGrants(of: directory, context.paths) else { return hadCommands }
      let removed = grants.remove(nil)
      try grants.store()
      try context.forgetEverywhere(removed)
      // What was allowed in another clone is as good as allowed here.
      let present = catalog.foreignFingerprints
      let hadClones = try context.forgetEverywhere(present)
      try context.forgetDirectories(present.union(removed.flatMap(\.fingerprints)))
      return hadCommands || !removed.isEmpty || hadClones
    }
    guard removed else { return false }
    context.say("\(context.err.symbol("✓", plain: "ok")) revoked what was allowed of \(directory)")
    return true
  }

  /// Takes away everything that was allowed of a provider.
  func forget(provider name: String, _ context: CommandContext) throws(AuthError) -> Int32 {
    let catalog = try context.configuration.readableCatalog()
    let known = try? catalog.provider(named: name)
    let present = known.map { [catalog.trust(for: $0).fingerprint] } ?? []
    return try forget(
      NameGrants.name(ofProvider: known?.name ?? name), present: Set(present), context)
  }

  /// Takes away everything that was allowed of an account of a checkout's accounts file.
  func forget(_ account: AccountChoice, _ context: CommandContext) throws(AuthError) -> Int32 {
    let foreign = (try? account.target(context))?.1
    return try forget(
      account.grantName, present: Set(foreign.map { [$0.trust.fingerprint] } ?? []), context)
  }

  /// Takes away everything that was allowed of a name, in every clone.
  ///
  /// `present` has the fingerprints that it leads to now, if it is not an identity's; `nil` stands for
  /// those of all identities, one of which a stack or a unit chooses.
  func forget(
    _ name: String, present: Set<String>? = nil, _ context: CommandContext
  ) throws(AuthError) -> Int32 {
    // An accounts file may be all that a checkout has.
    let catalog = try context.configuration.readableCatalog(
      mayBeMissing: NameGrants.account(of: name) != nil)
    let record = catalog.find(name)
    let names =
      try record.map { record throws(AuthError) in
        try context.choices(of: record, asked: name)
      } ?? [NameGrants.unit(of: name) == nil ? name.lowercased() : name]
    let own = record.map { [catalog.trust(for: $0).fingerprint] } ?? []
    let wasAllowed = try TrustLock.hold(context.paths) { () throws(AuthError) in
      var removed: [NameGrants.Entry] = []
      var fingerprints = Set(own)
      if var grants = NameGrants(of: catalog.configurationDirectory, context.paths) {
        for name in names { removed += grants.remove(name) }
        fingerprints.formUnion(removed.flatMap(\.fingerprints))
        // Stacks and terragrunt's units that lead there.
        for name in grants.choices { removed += grants.remove(name, only: fingerprints) }
        try grants.store()
      }
      try context.forgetEverywhere(removed)
      // What was allowed in another clone is as good as allowed here.
      let hadClones =
        if record != nil {
          try context.forgetEverywhere(fingerprints)
        } else {
          try context.forgetEverywhere([
            NameGrants.Entry(
              name: names[0], fingerprints: Array(present ?? catalog.foreignFingerprints))
          ])
        }
      let hadDirectories = try context.forgetDirectories(fingerprints)
      try Generation.advance(
        context.paths, identities: [(realm: catalog.realm, name: record?.name ?? name)])
      return !removed.isEmpty || hadClones || hadDirectories
    }
    let shown = record?.name ?? NameGrants.shown(name)
    context.say(
      wasAllowed
        ? "\(context.err.symbol("✓", plain: "ok")) revoked `\(shown)`"
        : "`\(shown)` was not allowed here")
    return 0
  }
}

extension CommandContext {
  /// The names that lead to an identity now: the one that was asked for, its own, its alias, and none
  /// where it is the only default.
  func choices(of record: IdentityRecord, asked: String) throws(AuthError) -> [String] {
    let defaults = try configuration.readableCatalog().defaults
    var names = [asked.lowercased(), record.name.lowercased()]
    if let alias = record.alias?.lowercased() { names.append(alias) }
    if defaults == [record.name] { names.append("") }
    var seen: Set<ByteText> = []
    return names.filter { seen.insert(ByteText($0)).inserted }
  }

  /// Takes away what a directory's grant had allowed by name, too; under the lock.
  func forgetNames(of grant: Grant?) throws(AuthError) {
    try forgetEverywhere(
      (grant?.selections ?? []).flatMap { selection in
        [selection.file.identity?.lowercased() ?? "", selection.activation.identity.lowercased()]
          .map { name in
            NameGrants.Entry(
              name: name, fingerprints: [selection.fingerprint] + selection.known)
          }
      })
  }

  /// Takes away these fingerprints of names from every configuration, since a clone would know them.
  ///
  /// - Returns: Whether there was any.
  @discardableResult
  func forgetEverywhere(_ entries: [NameGrants.Entry]) throws(AuthError) -> Bool {
    try forgetEverywhere { grants in
      entries.flatMap { grants.remove($0.name, only: Set($0.fingerprints)) }
    }
  }

  /// The same of these fingerprints of any name.
  func forgetEverywhere(_ fingerprints: Set<String>) throws(AuthError) -> Bool {
    try forgetEverywhere { $0.remove(nil, only: fingerprints) }
  }

  private func forgetEverywhere(
    _ remove: (inout NameGrants) -> [NameGrants.Entry]
  ) throws(AuthError) -> Bool {
    var hadAny = false
    for var grants in try NameGrants.all(paths) {
      guard !remove(&grants).isEmpty else { continue }
      try grants.store()
      hadAny = true
    }
    return hadAny
  }

  /// Takes away these fingerprints from every directory, since what a directory may select can be
  /// named, too; under the lock.
  ///
  /// - Returns: Whether a directory had any.
  @discardableResult
  func forgetDirectories(_ fingerprints: Set<String>) throws(AuthError) -> Bool {
    var hadAny = false
    let names = try FileSystem.list(paths.trustDirectory) ?? []
    for name in names where name.hasSuffix(".grant") {
      guard let before = Grant.read(paths, named: name), before.decision == .allow else { continue }
      var grant = before
      grant.selections.removeAll {
        ([$0.fingerprint] + $0.known).contains(where: fingerprints.contains)
      }
      guard grant.selections.count < before.selections.count else { continue }
      if grant.selections.isEmpty {
        try FileSystem.remove("\(paths.trustDirectory)/\(name)")
      } else {
        try grant.write(paths)
      }
      try announce(before)
      hadAny = true
    }
    return hadAny
  }
}

extension Catalog {
  /// The fingerprints of all that is not the person's own.
  fileprivate var foreignFingerprints: Set<String> {
    let identities = identities.filter { !$0.isOwn || !$0.offers.isEmpty }
    let providers = providers.filter { !$0.isOwn || !$0.offers.isEmpty }
    return Set(identities.map { trust(for: $0).fingerprint })
      .union(providers.map { trust(for: $0).fingerprint })
  }
}

extension CommandContext {
  /// Tells the hook, which reads no configuration, in which directories owner and mode do not count.
  func noteTrustedDirectories() throws(AuthError) {
    try TrustedDirectories.write(try configuration.catalog().trust.directories, paths)
  }
}
