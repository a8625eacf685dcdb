import AWS
import AuthConfiguration
package import Core
package import Model
import Programs
import Terminal

/// What `console` does, apart from the command line.
package struct ConsoleRequest {
  package var destination: String?
  package var duration: String?
  package var issuer: String?
  package var isPrintOnly = false
  package var opensNothing = false
  package var isIsolated: Bool?
  package var usesContainer: Bool?

  /// Creates it from its parts.
  package init(
    destination: String? = nil, duration: String? = nil, issuer: String? = nil,
    isPrintOnly: Bool = false, opensNothing: Bool = false, isIsolated: Bool? = nil,
    usesContainer: Bool? = nil
  ) {
    self.destination = destination
    self.duration = duration
    self.issuer = issuer
    self.isPrintOnly = isPrintOnly
    self.opensNothing = opensNothing
    self.isIsolated = isIsolated
    self.usesContainer = usesContainer
  }

  /// How long a browser may take to fetch the page, a cold start included.
  private static let patience = Duration.seconds(60)

  /// Signs in as who the context says, or with a session that only the caller has.
  package func run(
    _ context: CommandContext, as given: (who: Resolution, credential: Credential)? = nil
  ) async throws(AuthError) -> Int32 {
    if isIsolated == true, usesContainer == true {
      throw AuthError(.usage, "give only one of `--isolated` and `--container`")
    }
    if let issuer, issuer.trimmed.isEmpty {
      throw AuthError(
        .usage, "the issuer is empty", hints: ["leave `--issuer` out; it is `atmos` then"])
    }
    let who: Resolution
    if let given { who = given.who } else { who = try await Self.identity(context) }
    let record = who.record
    guard let console = context.registry.cloud(record.cloud)?.console else {
      throw AuthError(
        .notSupported, "identity `\(record.name)` is of kind `\(record.kind)`, which has no console"
      )
    }
    guard context.kinds.kind(record.kind, .identity)?.isMadeUp != true else {
      throw AuthError(
        .notSupported,
        "the keys of identity `\(record.name)` are made up (`\(record.kind)`); no console takes them"
      )
    }
    try destination.map(console.check)
    // Before anybody is asked for anything.
    let found: FoundBrowser? =
      isPrintOnly || opensNothing ? nil : try find(try wantedBrowser(who), who, context)
    if !isPrintOnly, found?.browser == nil { try requireTerminal(context) }
    var wish = try seconds(console)
    let credential: Credential
    if let given {
      credential = given.credential
    } else if let own = try await ownCredential(of: who, wish, console, context) {
      // It lasts as long as it was made to.
      (credential, wish) = (own, nil)
    } else {
      if wish == nil { wish = try configuredSeconds(who, console, context) }
      credential = try await context.session(of: who)
    }
    let address = try await console.address(
      CloudConsole.Visit(
        identity: record.name, credential: credential, destination: destination, seconds: wish,
        issuer: issuer ?? "atmos", effects: try context.effects(in: who.configuration)))
    try await context.writeDown(
      HandOut(.console, .page, of: record, credential), in: who.configuration)
    if isPrintOnly {
      try context.emit(address.revealed() + "\n")
      return 0
    }
    Self.tell(record, credential, wish, context)
    guard let found else {
      try show(address, context)
      return 0
    }
    return try await open(address, found, context)
  }

  // MARK: Who and how long

  // As with directories, which never select a protected identity: a default is not a choice.
  private static func identity(
    _ context: CommandContext
  ) async throws(AuthError) -> Resolution {
    let who = try await context.requiredIdentity()
    try await context.approve(who)
    let record = who.record
    let named = context.surroundings.environment["ATMOS_IDENTITY"] ?? ""
    if record.isProtected, context.flags.identity == .unstated, named.isEmpty {
      throw AuthError(
        .loginRequired,
        "`\(record.name)` is protected: its console is not opened unless you name it",
        hints: ["name it: `--identity \(ShellQuoting.typed(record.name))`"])
    }
    return who
  }

  private func seconds(_ console: CloudConsole) throws(AuthError) -> Int64? {
    guard let duration else { return nil }
    return try ExecRequest.seconds(duration, in: console.durations, of: "a console session")
  }

  /// What the identity gets for the console alone, if its session is nothing for it.
  private func ownCredential(
    of who: Resolution, _ seconds: Int64?, _ console: CloudConsole,
    _ context: CommandContext
  ) async throws(AuthError) -> Credential? {
    guard context.kinds.kind(who.record.kind, .identity)?.storesKeys == true else { return nil }
    let chain = try who.configuration.chain(for: who.record.name)
    guard let source = chain.target.source as? any ConsoleSource else { return nil }
    return try await source.consoleCredential(
      seconds: seconds ?? console.durations.upperBound, realm: chain.realm,
      session: context.verifiedSession(for: chain, in: who.configuration),
      effects: try context.effects(in: who.configuration))
  }

  /// `console.session_duration` of the chain's provider; `nil` where the console takes none.
  private func configuredSeconds(
    _ who: Resolution, _ console: CloudConsole, _ context: CommandContext
  ) throws(AuthError) -> Int64? {
    let record = who.record
    guard let provider = record.chain.first, provider.section == .provider,
      let definition = try who.configuration.full().definition(.provider, provider.name),
      let text = definition.node["console", "session_duration"]?.text,
      let seconds = DurationText.seconds(text.trimmed)
    else { return nil }
    // A role's session from a role takes no duration (trap 26 of docs/traps.md), nor do some kinds'.
    // What a configuration says for all identities is not worth a refused call and
    // a notice each time.
    guard record.chain.count == 2, context.kind(record.chain[1])?.takesConsoleDuration != false
    else { return nil }
    let range = console.durations
    let nearest = min(max(seconds, range.lowerBound), range.upperBound)
    if nearest != seconds {
      context.say(
        "console.session_duration of `\(provider.name)` is \(DurationText.text(seconds)); a console "
          + "session lasts \(DurationText.text(range)), so it is \(DurationText.text(nearest))")
    }
    return nearest
  }

  // MARK: What a person sees

  private static func tell(
    _ record: IdentityRecord, _ credential: Credential, _ seconds: Int64?, _ context: CommandContext
  ) {
    var table = Table()
    if let provider = record.chain.first { table.append(["Provider", provider.name]) }
    table.append(["Identity", record.name])
    if let account = credential.account ?? record.account { table.append(["Account", account]) }
    if let seconds {
      table.append(["Session Duration", Remaining.text(seconds: seconds)])
    } else if let end = credential.expiresAt {
      let left = Remaining.text(seconds: context.now.seconds(until: end))
      table.append(["Session Expires", "\(LocalTime.text(end)) (\(left))"])
    }
    let mark = context.err.styled(context.err.symbol("✓", plain: "ok"), .good)
    context.err.write("\n\(mark) Console URL Generated\n\n")
    context.err.write(table.lines(indent: 2).map { $0 + "\n" }.joined() + "\n")
  }

  /// Shows the address to a person.
  ///
  /// It does not belong in logs and files.
  private func show(_ address: Secret, _ context: CommandContext) throws(AuthError) {
    try requireTerminal(context)
    context.err.write("\(address.revealed())\n\n")
    context.say("Anyone who opens it is signed in. It is valid for 15 minutes.")
  }

  private func requireTerminal(_ context: CommandContext) throws(AuthError) {
    guard context.err.isTerminal else {
      throw AuthError(
        .loginRequired, "the console's address is a secret, and is shown on a terminal only",
        hints: ["`--print-only` writes it to standard output"])
    }
  }

  // MARK: The browser

  /// A browser that was found, and how it is used; none where the address is shown.
  private typealias FoundBrowser = (browser: (any Browser)?, used: ConsoleBrowser)

  private func open(
    _ address: Secret, _ found: FoundBrowser, _ context: CommandContext
  ) async throws(AuthError) -> Int32 {
    let used = found.used
    guard let browser = found.browser else {
      context.say("No browser can be opened here.")
      try show(address, context)
      return 0
    }
    let isOpen = try await context.system.redirect(address, Self.patience) { local in
      await browser.open(Secret(used.address(local.revealed())))
    }
    guard isOpen else {
      context.say("The browser did not fetch the console's page.")
      try show(address, context)
      return AuthError.Code.system.exitStatus
    }
    let mark = context.err.styled(context.err.symbol("✓", plain: "ok"), .good)
    context.err.write("\(mark) Opened console in browser\(Self.remark(used))\n")
    return 0
  }

  private func wantedBrowser(_ who: Resolution) throws(AuthError) -> ConsoleBrowser {
    let record = who.record
    let settings = try who.configuration.full().console
    // What was typed beats what is written, whichever of the two it is.
    let inContainer = usesContainer ?? (settings.usesContainer && isIsolated != true)
    if inContainer { return .container(name: record.name, isProtected: record.isProtected) }
    guard isIsolated ?? settings.isIsolated else { return .usual }
    let name = ConsoleProfile.directoryName(
      realm: try who.configuration.readableCatalog().realm, identity: record.name)
    return .isolated(directory: "\(who.configuration.request.paths.data)/console/sessions/\(name)")
  }

  private func find(
    _ wanted: ConsoleBrowser, _ who: Resolution, _ context: CommandContext
  ) throws(AuthError) -> FoundBrowser {
    let windows = context.surroundings.environmentWithoutSecrets(
      try who.configuration.readableCatalog(mayBeMissing: true))
    let usual = context.browser(windows)
    let environment = context.surroundings.environment
    // Where the usual browser would not be seen, another one would not be either.
    guard usual != nil, wanted != .usual else { return (usual, .usual) }
    let search = ConsoleBrowserSearch(environment: environment) { program in
      try? ProgramPath.find(program, path: environment["PATH"])
    }
    guard let command = search.command(for: wanted) else {
      if case .container = wanted {
        throw AuthError(
          .system, "containers need Firefox, which is not installed",
          hints: ["`--isolated` gives each identity its own profile in Chrome and similar browsers"]
        )
      }
      context.say(
        "No browser that keeps profiles apart is installed (Chrome, Chromium, Brave, Edge, "
          + "Firefox); using the usual one.")
      return (usual, .usual)
    }
    if case .isolated(let directory) = wanted { try FileSystem.createDirectory(directory) }
    return (context.system.browser([command], windows, true), wanted)
  }

  private static func remark(_ browser: ConsoleBrowser) -> String {
    switch browser {
    case .usual: ""
    case .isolated: " (isolated)"
    case .container: " (container)"
    }
  }
}
