import AuthConfiguration
package import Core
import Sessions
import Terminal

/// What `allow`, `deny`, `revoke` and `prune` do, apart from the command line.
package struct TrustRequest {
  /// The directory meant; the working directory when `nil`.
  package var directory: String?
  /// The provider meant, in the place of a directory or an identity.
  package var provider: String?
  /// The stack meant, in the place of these.
  package var stack: String?
  /// The account of an accounts file meant, in the place of these.
  package var account: AccountChoice?
  /// Whether every identity and every file below the configuration is meant.
  package var all = false
  /// The fingerprint that an identity has to have, for scripts that set up a machine.
  package var fingerprint: String?
  /// Whether an identity may use keys and seeds that were stored for another one.
  package var withKeys = false

  /// Creates it from its parts.
  package init(
    directory: String? = nil, provider: String? = nil, stack: String? = nil,
    account: AccountChoice? = nil, all: Bool = false, fingerprint: String? = nil,
    withKeys: Bool = false
  ) {
    self.directory = directory
    self.provider = provider
    self.stack = stack
    self.account = account
    self.all = all
    self.fingerprint = fingerprint
    self.withKeys = withKeys
  }

  /// Allows the nearest file, after showing what that grants; with `--identity` or `--provider`, this
  /// one of the configuration, and with `all` every one and every file.
  package func allow(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try context.requirePerson(for: "allow")
    if let provider { return try allow(provider: provider, context) }
    if let stack { return try await allow(stack: stack, context) }
    if let account { return try allow(account, context) }
    if case .named(let name) = context.flags.identity, !all {
      return try await allow(named: name, context)
    }
    guard !withKeys else {
      throw AuthError(
        .usage, "`--with-keys` needs the name of an identity",
        hints: ["`atmos-auth allow -i NAME --with-keys`"])
    }
    if all { return try await allowAll(context) }
    guard fingerprint == nil else {
      throw AuthError(
        .usage, "`--fingerprint` needs the name of an identity",
        hints: ["`atmos-auth allow -i NAME --fingerprint \(fingerprint ?? "")`"])
    }
    if let status = try await allowUnit(realStart(context), context) { return status }
    return try await allowFile(context)
  }

  func allowFile(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let (file, content) = try readable(context)
    if content.isNobody {
      context.say("\(file.path) says that no identity is active here, so there is nothing to allow")
      return 0
    }
    let configuration = context.configuration(allowedBy: content, in: file.directory)
    let record = try context.record(for: content, in: file, of: configuration)
    let commands = try context.commandsToAllow(of: record.name, in: configuration)
    // What is in the environment may be the output of a command that is being allowed.
    let selection = try context.selection(
      for: content, in: file, of: configuration.allowing(commands))
    let before = context.lastAllowed(content, in: file)
    context.say("\(file.path) selects \(selection.activation.identity):")
    TraitDifference(before: before, after: selection)
      .lines(on: context.err).forEach { context.err.write("  \($0)\n") }
    context.show(commands)
    for path in context.filesWritten(for: record.name, in: configuration) {
      context.say("  writes \(path)")
    }
    try context.noteTrustedDirectories()
    try TrustLock.hold(context.paths) { () throws(AuthError) in
      try context.store(commands, for: file.directory)
      try context.store(selection, for: file)
    }
    try context.allow(
      configuration.readableCatalog().trust(for: record),
      names: [content.identity?.lowercased() ?? "", record.name.lowercased()], in: configuration)
    context.say("\(context.err.symbol("✓", plain: "ok")) allowed")
    if selection.activation.isProtected {
      context.say(
        "It is protected: `cd` alone never selects it; `atmos-auth use "
          + "\(ShellQuoting.typed(selection.activation.identity))` does")
    }
    return 0
  }

  /// Refuses the nearest file for good.
  package func deny(_ context: CommandContext) throws(AuthError) -> Int32 {
    if let provider { return try forget(provider: provider, context) }
    if let stack { return try forget(NameGrants.name(ofStack: stack), context) }
    if let account { return try forget(account, context) }
    if case .named(let name) = context.flags.identity { return try forget(name, context) }
    if let status = try forgetUnit(realStart(context), context) { return status }
    let file = try located(context)
    try TrustLock.hold(context.paths) { () throws(AuthError) in
      let before = context.grant(for: file)
      let grant = Grant(
        .deny, directory: file.directory, device: file.device, inode: file.inode)
      try grant.write(context.paths)
      try context.forgetCommands(of: file.directory)
      try context.forgetNames(of: before)
      try context.announce(before)
    }
    context.say("\(context.err.symbol("✓", plain: "ok")) denied \(file.path)")
    return 0
  }

  /// Forgets what was decided about the nearest file, and about commands.
  package func revoke(_ context: CommandContext) throws(AuthError) -> Int32 {
    if let provider { return try forget(provider: provider, context) }
    if let stack { return try forget(NameGrants.name(ofStack: stack), context) }
    if let account { return try forget(account, context) }
    if case .named(let name) = context.flags.identity { return try forget(name, context) }
    let start = realStart(context)
    if let status = try forgetUnit(start, context) { return status }
    if context.identityFile(from: start) == nil, try forgetNames(from: start, context) { return 0 }
    let file = try located(context)
    let path = Grant.path(context.paths, device: file.device, inode: file.inode)
    let wasDecided = try TrustLock.hold(context.paths) { () throws(AuthError) in
      try context.forgetCommands(of: file.directory)
      let before = context.grant(for: file)
      guard try FileSystem.remove(path) else { return false }
      try context.forgetNames(of: before)
      try context.announce(before)
      return true
    }
    guard wasDecided else {
      context.say("no decision is recorded for \(file.path)")
      return 0
    }
    context.say("\(context.err.symbol("✓", plain: "ok")) revoked \(file.path)")
    return 0
  }

  /// Compares a grant with the configuration as it is now.
  ///
  /// It is refreshed if it still does something that was allowed, else marked as changed. It stays as
  /// it is when the configuration cannot be read: that passes. Prints nothing; the hook's shell asks
  /// for it.
  package func revalidate(_ context: CommandContext) throws(AuthError) -> Int32 {
    try? context.noteTrustedDirectories()
    let (file, content) = try readable(context)
    guard context.grant(for: file)?.selection(for: content) != nil,
      let now = try? context.selection(for: content, in: file)
    else { return 0 }
    try context.note(now, for: content, in: file)
    return 0
  }

  /// Forgets grants whose directory is gone or is another one now, and sessions of which nothing is
  /// left to use.
  package static func prune(_ context: CommandContext) throws(AuthError) -> Int32 {
    let grants = try TrustLock.hold(context.paths) { () throws(AuthError) in
      try pruneGrants(context)
    }
    context.say("forgot \(grants) \(grants == 1 ? "grant" : "grants") whose directory is gone")
    try pruneRecords(context)
    CommandSession.removeEnded(context.paths, now: context.now)
    CommandSessions.pruneRecent(context.paths, now: context.now)
    let sessions = try SessionStore.prune(context.paths, now: context.now)
    context.say(
      "removed \(sessions) \(sessions == 1 ? "session" : "sessions") that ended long ago")
    let leftovers = Leftovers.remove(context.paths, now: context.now)
    if leftovers > 0 {
      context.say("removed \(leftovers) temporary \(leftovers == 1 ? "file" : "files") left behind")
    }
    return 0
  }

  // Shells that were pinned three months ago have gone by now.
  private static func pruneRecords(_ context: CommandContext) throws(AuthError) {
    let directory = "\(context.paths.state)/pins"
    let oldest = context.now.advanced(bySeconds: -90 * 86_400).secondsSince1970
    for name in try FileSystem.list(directory) ?? [] {
      guard let stamp = FileSystem.stamp("\(directory)/\(name)"),
        stamp.modified / 1_000_000_000 < oldest
      else { continue }
      try FileSystem.remove("\(directory)/\(name)")
    }
  }

  private static func pruneGrants(_ context: CommandContext) throws(AuthError) -> Int {
    let directory = context.paths.trustDirectory
    var count = 0
    for name in try FileSystem.list(directory) ?? [] where name.hasSuffix(".grant") {
      let numbers = name.dropLast(".grant".count).split(separator: "-").compactMap { UInt64($0) }
      if numbers.count == 2,
        let grant = Grant.read(context.paths, device: numbers[0], inode: numbers[1]),
        let stamp = FileSystem.stamp(grant.directory), stamp.device == grant.device,
        stamp.inode == grant.inode
      {
        continue
      }
      if try FileSystem.remove("\(directory)/\(name)") { count += 1 }
    }
    for var names in try NameGrants.all(context.paths) where !names.isCurrent {
      _ = names.remove(nil)
      try names.store()
      count += 1
    }
    for var commands in try AllowedCommands.all(context.paths) {
      let isGone = !FileSystem.exists(commands.file)
      if try commands.remove(where: { isGone || !FileSystem.isDirectory($0) }) { count += 1 }
    }
    return count
  }

  private func start(_ context: CommandContext) -> String {
    guard let directory, !directory.isEmpty else { return context.directory }
    return context.absolute(directory)
  }

  // By the name that grants have, whatever links lead there.
  private func realStart(_ context: CommandContext) -> String {
    let start = start(context)
    return FileSystem.realPath(start) ?? start
  }

  private func found(
    _ context: CommandContext, toTakeBack: Bool = false
  ) throws(AuthError) -> DirectoryVerdict {
    let start = start(context)
    guard FileSystem.isDirectory(start) else {
      throw AuthError.noSuchDirectory(start)
    }
    guard let path = context.identityFile(from: start) else {
      let what = "no \(IdentityFile.name) at or above \(start)"
      guard !toTakeBack else { throw AuthError(.usage, "nothing is allowed here: \(what)") }
      throw AuthError(.usage, what, hints: ["create one: `atmos-auth use NAME --dir`"])
    }
    let verdict = context.unverifiedVerdict(onFile: path)
    switch verdict {
    case .absent: throw AuthError(.usage, "no such file: \(path)")
    case .refused(let path, let reason):
      throw AuthError(
        .loginRequired, "\(path) is not used: \(reason)",
        hints: [
          "make yourself the only one who can write to it and its directory: `chmod go-w`, `chown`"
        ])
    default: return verdict
    }
  }

  private func located(_ context: CommandContext) throws(AuthError) -> DirectoryFile {
    let verdict = try found(context, toTakeBack: true)
    guard let file = verdict.file else { throw context.refusal(verdict) }
    return file
  }

  private func readable(
    _ context: CommandContext
  ) throws(AuthError) -> (DirectoryFile, IdentityFile) {
    let verdict = try found(context)
    guard let file = verdict.file, let content = verdict.content else {
      throw context.refusal(verdict)
    }
    return (file, content)
  }
}

extension CommandContext {
  /// What was last allowed in the directory of `file`: for what it says now, or else for what it
  /// said then.
  func lastAllowed(_ content: IdentityFile, in file: DirectoryFile) -> Grant.Selection? {
    let grant = grant(for: file)
    return grant?.selection(for: content) ?? grant?.selections.last
  }

  /// Adds a selection to the grant of a directory, or replaces the one for the same content, whose
  /// fingerprints stay allowed; under the lock.
  func store(_ selection: Grant.Selection, for file: DirectoryFile) throws(AuthError) {
    let before = grant(for: file)
    var grant = Grant(.allow, directory: file.directory, device: file.device, inode: file.inode)
    var selection = selection
    if let before, before.decision == .allow {
      grant.selections = before.selections.filter { $0.file != selection.file }
      let known = before.selections.filter { $0.file == selection.file }
        .flatMap { [$0.fingerprint] + $0.known }
      selection.known = known.filter { $0 != selection.fingerprint }
    }
    grant.selections.append(selection)
    try grant.write(paths)
    try announce(before)
  }

  /// Makes shells in a directory look at its grant again.
  func announce(_ before: Grant?) throws(AuthError) {
    let identities = (before?.selections ?? []).map {
      (realm: $0.activation.realm, name: $0.activation.identity)
    }
    try Generation.advance(paths, identities: identities)
  }
}

/// What a grant covers, line by line, with what changed since it was last given.
struct TraitDifference {
  private let before: [String]
  private let after: [String]

  package init(before: Grant.Selection?, after: Grant.Selection) {
    self.init(before: before.map(Self.traits) ?? [], after: Self.traits(after))
  }

  /// Creates it from lines; there are none before something was allowed.
  init(before: [String], after: [String]) {
    self.before = before
    self.after = after
  }

  /// What a selection does: what the directory's file says beyond a name, then the chain's traits.
  static func traits(_ selection: Grant.Selection) -> [String] {
    let file = [("profile", selection.file.profile), ("region", selection.file.region)]
    return file.compactMap { key, value in
      value.map { "\(IdentityFile.name): \(key) = \($0)" }
    } + selection.traits
  }

  package func lines(on stream: Stream) -> [String] {
    let shown = { (line: String) -> String in
      DisplayText.sanitized(
        line.split(separator: "\t", omittingEmptySubsequences: false).joined(separator: " "))
    }
    guard !before.isEmpty, before != after else { return after.map(shown) }
    return LineDifference.lines(from: before, to: after).map { line in
      switch line.sign {
      case "-": stream.styled("- " + shown(line.text), .bad)
      case "+": stream.styled("+ " + shown(line.text), .good)
      default: "  " + shown(line.text)
      }
    }
  }
}
