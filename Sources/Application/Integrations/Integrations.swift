import AuthConfiguration
import Core
package import Model
import Terminal

extension CommandContext {
  /// Sets up what belongs to an identity or provider, after a login to it.
  ///
  /// A failure is a warning with the command that repeats it, and does not fail the login.
  package func setUpIntegrations(
    after chain: Chain, _ credential: Credential, in configuration: Configuration
  ) async {
    let target = chain.target
    let offers = offersNotAllowed(of: target.kind.section, target.name, in: configuration)
    let names = integrations(of: target.kind.section, target.name, in: configuration)
      .filter { !offers.contains($0) }
    guard !names.isEmpty else { return }
    let record =
      target.kind.section == .identity ? (try? configuration.catalog())?.find(target.name) : nil
    var linked: [LinkedIntegration] = []
    for name in names {
      do throws(AuthError) {
        let integration = try configuration.full().integration(
          named: name, kinds: configuration.kinds, commands: configuration.approvedAccess)
        if integration.isAutomatic { linked.append(integration) }
      } catch {
        warn(of: name, error)
      }
    }
    await setUp(
      linked.map {
        IntegrationTask(
          linked: $0, target: target.name, record: record, credential: credential,
          configuration: configuration)
      })
  }

  /// The integrations that a checkout adds to an identity or provider of the person's own and that
  /// nobody allowed; it says so.
  private func offersNotAllowed(
    of section: Kind.Section, _ name: String, in configuration: Configuration
  ) -> [String] {
    guard let catalog = try? configuration.catalog() else { return [] }
    var offers: [String] = []
    var isAllowed: Bool?
    var command = ["atmos-auth", "allow"] + options
    if section == .identity, let record = catalog.find(name) {
      offers = record.offers
      isAllowed = try? configuration.allowsOffers(of: record)
      command += ["--identity", record.name]
    } else if let record = catalog.providers.first(where: { $0.name == name }) {
      offers = record.offers
      isAllowed = try? configuration.allowsOffers(of: record)
      command += ["--provider", record.name]
    }
    guard !offers.isEmpty, isAllowed != true else { return [] }
    say(
      "not set up, since a checkout adds it to \(section == .identity ? "an identity" : "a provider")"
        + " of your own: \(offers.map { "`\(DisplayText.sanitized($0))`" }.joined(separator: ", "))"
    )
    say("  `\(ShellQuoting.typed(command: command))` shows what it would do, and allows it")
    return offers
  }

  /// Sets up integrations: what they ask of the cloud all at once, and what they write one after the
  /// other.
  ///
  /// - Parameter tasks: The integrations, each with whose it is.
  /// - Returns: How many could not be set up; each was a warning.
  @discardableResult
  func setUp(_ tasks: [IntegrationTask]) async -> Int {
    var failures = 0
    var prepared: [(task: IntegrationTask, integration: PreparedIntegration)] = []
    for task in tasks {
      do throws(AuthError) {
        prepared.append((task, try prepare(task)))
      } catch {
        failures += 1
        warn(of: task.linked.name, error, repeating: task.linked.integration.repeatCommand)
      }
    }
    let answers = await withTaskGroup(
      of: (Int, Result<PreparedIntegration.Answer, AuthError>).self
    ) { group in
      for (index, one) in prepared.map(\.integration).enumerated() {
        group.addTask { (index, await one.ask()) }
      }
      var answers: [Int: Result<PreparedIntegration.Answer, AuthError>] = [:]
      for await (index, answer) in group { answers[index] = answer }
      return answers
    }
    for (index, one) in prepared.enumerated() {
      guard let answer = answers[index] else { continue }
      do throws(AuthError) {
        let line = try await finish(one.integration, try answer.get(), one.task)
        say("\(err.symbol("✓", plain: "ok")) \(line)")
      } catch {
        failures += 1
        warn(
          of: one.integration.name, error,
          repeating: one.integration.integration.repeatCommand)
      }
    }
    return failures
  }

  private func prepare(_ task: IntegrationTask) throws(AuthError) -> PreparedIntegration {
    let (linked, configuration, credential) = (task.linked, task.configuration, task.credential)
    let effects = try effects(in: configuration)
    var prepared = PreparedIntegration(
      name: linked.name, integration: linked.integration,
      request: IntegrationRequest(identity: task.target, credential: credential, effects: effects))
    guard !(linked.integration is any StandaloneIntegration) else { return prepared }
    guard let record = task.record else {
      throw AuthError(
        .badConfiguration, "it needs an identity, and `\(task.target)` is a provider",
        hints: ["name an identity in its `via.identity`"])
    }
    if let login = linked.integration as? any RegistryLogin {
      let source = RegistrySource(
        host: login.host, identity: record.name, digest: record.sessionDigest,
        origin: (login, credential))
      prepared.password = PreparedIntegration.Password(
        chain: source.chain(
          realm: try configuration.catalog().realm, isRemembered: record.isRemembered),
        store: try sessionStore(in: configuration))
    }
    return prepared
  }

  private func finish(
    _ one: PreparedIntegration, _ answer: PreparedIntegration.Answer, _ task: IntegrationTask
  ) async throws(AuthError) -> String {
    let (record, configuration) = (task.record, task.configuration)
    switch answer {
    case .done(let line): return line
    case .password(let password):
      guard let login = one.integration as? any RegistryLogin, let record else { return "" }
      // In the helper's place nothing leaves before Docker asks.
      if login.isStored {
        try await writeDown(
          HandOut(.registry, .token, of: record, one.request.credential), in: configuration)
      }
      return try write(login, of: one.name, password, as: record, in: configuration)
    case .cluster(let cluster):
      guard let access = one.integration as? any ClusterAccess, let record else { return "" }
      if task.isDryRun {
        return try show(access, of: one.name, cluster, as: record, in: configuration)
      }
      return try await write(access, of: one.name, cluster, as: record, in: configuration)
    }
  }

  /// Takes back what the integrations of an identity or provider left that keep no record of it.
  func takeBackIntegrations(
    of section: Kind.Section, _ name: String, in configuration: Configuration
  ) async {
    for integration in integrations(of: section, name, in: configuration) {
      do throws(AuthError) {
        let linked = try configuration.full().integration(
          named: integration, kinds: configuration.kinds, commands: configuration.approvedAccess)
        guard let other = linked.integration as? any StandaloneIntegration,
          let line = try await other.takeBack(try effects(in: configuration))
        else { continue }
        say("\(err.symbol("✓", plain: "ok")) \(line)")
      } catch {
        warn(of: integration, error)
      }
    }
  }

  /// The integrations of an identity or provider; none where the configuration cannot be read.
  func integrations(
    of section: Kind.Section, _ name: String, in configuration: Configuration
  ) -> [String] {
    (try? configuration.full())?.integrations(of: section, name, kinds: configuration.kinds) ?? []
  }

  func warn(of name: String, _ error: AuthError, repeating command: [String]? = nil) {
    let cause = error.cause.map { ": \($0)" } ?? ""
    say("warning: integration \(name): \(error.message)\(cause)")
    for hint in error.hints { say("  \(hint)") }
    guard let command else { return }
    let words = ["atmos-auth"] + command + options
    say("  `\(ShellQuoting.typed(command: words))` repeats it")
  }
}
