import AuthConfiguration
package import Core
import Model
import Sessions
import Terminal

/// What `logout` does, apart from the command line.
package struct LogoutRequest {
  /// What is to be forgotten.
  package enum Scope {
    case identity(String)
    case provider(String)
    case tags([String])
    case all
    case allRealms
    /// Whatever `--identity` or a person says.
    case chosen
  }

  package var scope: Scope
  package var keychain = false
  package var dryRun = false
  package var force = false
  package var shell: ShellKind?

  /// Creates it from its parts.
  package init(
    scope: Scope, keychain: Bool = false, dryRun: Bool = false, force: Bool = false,
    shell: ShellKind? = nil
  ) {
    self.scope = scope
    self.keychain = keychain
    self.dryRun = dryRun
    self.force = force
    self.shell = shell
  }

  /// Sessions and keyring entries of one realm that are to go.
  private struct Plan {
    /// The configuration whose keyring holds them.
    var configuration: Configuration
    var realm: String
    /// Names as the session store knows them.
    var sessions: [String]
    /// Providers whose logins end, each as a chain of its own.
    var logins: [Chain] = []
    /// Identities whose integrations are taken back; those of ``logins`` are, too.
    var identities: [String] = []
    /// What is taken back of what a record is kept of.
    var taken: TakenBack?
    /// Providers whose provisioned identities go.
    var provisioned: [String] = []
    /// Identities and providers whose keyring entries go with `--keychain`.
    var keys: [String]
    var summary: String

    /// The keyring's entries of ``keys``, each with the name that it is stored for.
    var entries: [(entry: String, name: String)] {
      keys.map { (KeyringEntry.stored(realm: realm, name: $0), $0) }
        + keys.map { (KeyringEntry.rotation(realm: realm, name: $0), $0) }
        + keys.map { (KeyringEntry.password(realm: realm, provider: $0), $0) }
    }

    /// The files of the provisioned identities.
    func provisionedPaths(_ paths: StatePaths) -> [String] {
      provisioned.map(paths.provisionedPath)
        + logins.compactMap { login in
          (login.target.source as? any ProvisioningSource)?.provisionedPath(paths)
        }
    }
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let plans = try await plans(context)
    if dryRun {
      try await show(plans, context)
      if case .allRealms = scope {
        show(context.registries(of: .everything) + context.clusters(of: .everything), context)
      }
      return 0
    }
    if keychain, !force { try await confirm(plans, context) }
    var failures: [AuthError] = []
    var portals: Set<String> = []
    for plan in plans {
      failures += await remove(plan, context)
      failures += await end(plan, context, &portals)
      await takeBackIntegrations(plan, context)
      context.say("\(context.err.symbol("✓", plain: "ok")) \(plan.summary)")
    }
    if !portals.isEmpty {
      context.say(
        "A browser may still be signed in: sign out at \(portals.sorted().joined(separator: ", ")), "
          + "too. Keys that were handed out work until they end.")
    }
    if case .allRealms = scope { failures += await takeBackEverything(context) }
    if plans.isEmpty { context.say("Nothing to log out from") }
    if case .allRealms = scope, !plans.isEmpty {
      context.say("Logged out from \(plans.count) realm(s)")
    }
    guard let first = failures.first else {
      if let shell { try context.emit(ShellActivation.unchanged(shell)) }
      return 0
    }
    throw AuthError(.system, "partial logout: \(failures.count) could not be removed", cause: first)
  }

  private func plans(_ context: CommandContext) async throws(AuthError) -> [Plan] {
    switch scope {
    case .allRealms:
      let store = try context.sessionStore(in: context.configuration)
      var plans: [Plan] = []
      for realm in try store.realms() {
        let names = try store.list(realm: realm).map(\.identity)
        let shown =
          realm == SessionStore.sharedRealm ? "shared" : realm.isEmpty ? "(none)" : realm
        plans.append(
          Plan(
            configuration: context.configuration, realm: realm, sessions: names, keys: names,
            summary: "Logged out all \(names.count) sessions (realm: \(shown))"))
      }
      return plans
    case .all:
      let catalog = try context.configuration.readableCatalog()
      var all = try plan(
        context.configuration, catalog.identities, providers: catalog.providers.map(\.name),
        "Logged out all \(catalog.count) identities")
      all.taken = .realm(catalog.realm)
      return [all]
    case .provider(let name): return [try plan(context, providers: [name])]
    case .tags(let tags):
      let catalog = try context.configuration.readableCatalog()
      let found = catalog.providers.filter { !Set($0.tags).isDisjoint(with: tags) }
      guard !found.isEmpty else {
        let known = Set(catalog.providers.flatMap(\.tags)).sorted().joined(separator: ", ")
        throw AuthError(
          .usage, "no providers match the specified tags: \(tags.joined(separator: ", "))",
          hints: ["available tags: \(known.isEmpty ? "none" : known)"])
      }
      return [try plan(context, providers: found.map(\.name))]
    case .identity(let name):
      return [try plan(try context.identity(named: name, by: .argument))]
    case .chosen: return [try plan(try await context.requiredIdentity())]
    }
  }

  private func plan(_ who: Resolution) throws(AuthError) -> Plan {
    try plan(who.configuration, [who.record], providers: [], "Logged out \(who.record.name)")
  }

  private func plan(
    _ context: CommandContext, providers: [String]
  ) throws(AuthError) -> Plan {
    let catalog = try context.configuration.readableCatalog()
    var names: [String] = []
    for provider in providers { names.append(try catalog.provider(named: provider).name) }
    let lowered = Set(names.map { $0.lowercased() })
    let identities = catalog.identities.filter { record in
      record.chain.first.map { lowered.contains($0.name.lowercased()) } ?? false
    }
    let what =
      names.count == 1
      ? "provider \(names[0])" : "\(names.count) providers"
    return try plan(
      context.configuration, identities, providers: names,
      "Logged out \(what) (\(identities.count) identities)")
  }

  private func plan(
    _ configuration: Configuration, _ identities: [IdentityRecord], providers: [String],
    _ summary: String
  ) throws(AuthError) -> Plan {
    let catalog = try configuration.readableCatalog()
    let realm = catalog.realm.isEmpty ? "" : " (realm: \(catalog.realm))"
    // A provider that cannot log in may have a session from before all the same.
    let logins = providers.compactMap { try? configuration.chain(forProvider: $0) }
    let others = providers.filter { name in
      !logins.contains { $0.target.name.lowercased() == name.lowercased() }
    }
    return Plan(
      configuration: configuration, realm: catalog.realm,
      sessions: identities.map(\.name) + others.map { "provider:\($0)" }, logins: logins,
      identities: identities.map(\.name),
      taken: .identities(identities.map(\.name), realm: catalog.realm), provisioned: providers,
      keys: identities.map(\.name) + providers, summary: summary + realm)
  }

  private func show(_ plans: [Plan], _ context: CommandContext) async throws(AuthError) {
    for plan in plans {
      let store = try context.sessionStore(in: plan.configuration)
      let present = Set(try store.list(realm: plan.realm).map { $0.identity.lowercased() })
      for name in plan.sessions where present.contains(name.lowercased()) {
        context.say("Would remove session: \(name)")
      }
      for login in plan.logins where hasSession(login, store) {
        context.say("Would end login: \(login.target.name)")
      }
      show(integrations(of: plan, context), context)
      for path in plan.provisionedPaths(context.paths) where FileSystem.exists(path) {
        context.say("Would remove provisioned identities: \(path)")
      }
      guard keychain else { continue }
      let keyring = try context.effects(in: plan.configuration).keyring
      let keys = try await keyring.keys().map(Set.init)
      for (entry, name) in plan.entries where keys?.contains(entry) ?? true {
        let isKept = try isAnothers(entry, name, plan, context)
        context.say("Would \(isKept ? "keep" : "remove") keyring entry: \(entry)")
      }
    }
  }

  private func show(_ integrations: [String], _ context: CommandContext) {
    var seen: Set<String> = []
    for name in integrations where seen.insert(name.lowercased()).inserted {
      context.say("Would take back integration: \(name)")
    }
  }

  private func hasSession(_ login: Chain, _ store: SessionStore) -> Bool {
    let place = login.sessionPlace(of: login.links.count - 1)
    return FileSystem.exists(store.paths.sessionPath(realm: place.realm, identity: place.name))
  }

  /// Ends the logins of a plan, here and at their services.
  private func end(
    _ plan: Plan, _ context: CommandContext, _ portals: inout Set<String>
  ) async -> [AuthError] {
    var failures: [AuthError] = []
    for login in plan.logins {
      do throws(AuthError) {
        let place = login.sessionPlace(of: login.links.count - 1)
        let store = try context.sessionStore(in: plan.configuration)
        let known = try? await store.last(realm: place.realm, identity: place.name)
        let ended = try await SessionManager(
          store: store, effects: try context.effects(in: plan.configuration)
        ).end(login)
        if ended.wasRemembered, let issuer = known?.bearer?.issuer { portals.insert(issuer) }
        if let failure = ended.failure { warn(login.target.name, failure, context) }
      } catch {
        failures.append(error)
      }
    }
    for path in plan.provisionedPaths(context.paths) {
      do throws(AuthError) { try FileSystem.remove(path) } catch { failures.append(error) }
    }
    return failures
  }

  private func integrations(of plan: Plan, _ context: CommandContext) -> [String] {
    plan.identities.flatMap { context.integrations(of: .identity, $0, in: plan.configuration) }
      + plan.logins.flatMap {
        context.integrations(of: .provider, $0.target.name, in: plan.configuration)
      }
      + (plan.taken.map { context.registries(of: $0) + context.clusters(of: $0) } ?? [])
  }

  private func takeBackIntegrations(_ plan: Plan, _ context: CommandContext) async {
    for (section, names) in [
      (Kind.Section.identity, plan.identities), (.provider, plan.logins.map(\.target.name)),
    ] {
      for name in names {
        await context.takeBackIntegrations(of: section, name, in: plan.configuration)
      }
    }
    guard let taken = plan.taken else { return }
    await context.takeBackRegistries(of: taken, in: plan.configuration)
    await context.takeBackClusters(of: taken)
  }

  /// Takes back what no realm's sessions say: what was set up, and the browsers that were signed in.
  private func takeBackEverything(_ context: CommandContext) async -> [AuthError] {
    await context.takeBackRegistries(of: .everything, in: context.configuration)
    await context.takeBackClusters(of: .everything)
    do throws(AuthError) {
      try FileSystem.removeTree(context.paths.browserDirectory)
      return []
    } catch {
      return [error]
    }
  }

  /// A session that its service did not end is a warning: nothing of it is left on this machine.
  private func warn(_ name: String, _ failure: AuthError, _ context: CommandContext) {
    let cause = failure.cause.map { ": \($0)" } ?? ""
    context.say(
      "warning: the login of \(name) may continue at the service: \(failure.message)\(cause)")
  }

  private func remove(_ plan: Plan, _ context: CommandContext) async -> [AuthError] {
    var failures: [AuthError] = []
    CommandSessions.forgetRecent(plan.sessions, realm: plan.realm, context.paths)
    let names = Set(plan.sessions.map { $0.lowercased() })
    CommandSession.removeEnded(context.paths, now: context.now) { subject in
      subject.realm == plan.realm && !names.isDisjoint(with: subject.identities)
    }
    for name in plan.sessions + narrowedSessions(of: plan, context) {
      do throws(AuthError) {
        let store = try context.sessionStore(in: plan.configuration)
        let isLogin = plan.realm == SessionStore.sharedRealm
        let login = isLogin ? try? await store.last(realm: plan.realm, identity: name) : nil
        if !isLogin { try await takeBack(name, store, plan, context) }
        _ = try await store.remove(realm: plan.realm, identity: name)
        if let login, !login.isOver(at: context.now) {
          do throws(AuthError) {
            let effects = try context.effects(in: plan.configuration)
            for cloud in context.registry.clouds
            where try await cloud.endLogin(login, effects) { break }
          } catch {
            warn(login.bearer?.issuer ?? name, error, context)
          }
        }
      } catch {
        failures.append(error)
      }
    }
    guard keychain else { return failures }
    for (entry, name) in plan.entries {
      do throws(AuthError) {
        let effects = try context.effects(in: plan.configuration)
        guard try !isAnothers(entry, name, plan, context) else {
          if try await effects.keyring.read(entry) != nil {
            context.say("kept, since it was not stored for this `\(name)`: \(entry)")
          }
          continue
        }
        if try await effects.keyring.remove(entry) { effects.origins.didRemove(entry) }
      } catch {
        failures.append(error)
      }
    }
    return failures
  }

  /// Removes what one of our logins left with its cloud's own tools.
  private func takeBack(
    _ name: String, _ store: SessionStore, _ plan: Plan, _ context: CommandContext
  ) async throws(AuthError) {
    let effects = try context.effects(in: plan.configuration)
    let clouds = context.registry.clouds.filter { $0.toolsHaveLogins(effects) }
    // A session is opened only where there is something.
    guard !clouds.isEmpty, let known = try? await store.last(realm: plan.realm, identity: name)
    else { return }
    for cloud in clouds { try cloud.takeBack(known, effects) }
  }

  /// Whether an entry was stored for another identity of that name, by the person's own configuration
  /// or another checkout: a logout here does not take it away.
  private func isAnothers(
    _ entry: String, _ name: String, _ plan: Plan, _ context: CommandContext
  ) throws(AuthError) -> Bool {
    if case .allRealms = scope { return false }
    return try context.effects(in: plan.configuration).origins.objection(to: entry, for: name)
      != nil
  }

  /// The sessions that programs were given with less than those of a plan.
  private func narrowedSessions(of plan: Plan, _ context: CommandContext) -> [String] {
    let store = try? context.sessionStore(in: plan.configuration)
    let known = (try? store?.list(realm: plan.realm))?.map(\.identity) ?? []
    let prefixes = plan.sessions.map { SessionStore.narrowedPrefix($0.lowercased()) }
    return known.filter { name in
      name.contains(" narrowed-") && prefixes.contains { name.lowercased().hasPrefix($0) }
    }
  }

  private func confirm(_ plans: [Plan], _ context: CommandContext) async throws(AuthError) {
    let count = plans.reduce(0) { $0 + $1.keys.count }
    guard let terminal = context.person else {
      throw AuthError(
        .loginRequired,
        "keychain deletion requires interactive confirmation or --force flag")
    }
    let answer = try await terminal.ask(
      "Delete the stored keys of \(count) identities for good? Type `yes`: ", hidden: false)
    guard answer.revealed().trimmed.lowercased() == "yes" else {
      throw AuthError(.declined, "nothing was deleted")
    }
  }
}
