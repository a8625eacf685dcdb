import AuthConfiguration
import Core
import Model

/// Setting up integrations by hand.
struct IntegrationsRequest {
  /// The names of the integrations; empty means all those of the acting identity.
  var names: [String]
  /// What they are, for errors.
  var what: String
  /// The command that does it.
  var command: String
  /// Whether an integration is one of these.
  var isMeant: (any Integration) -> Bool
  /// Whether it is only shown what would be written.
  var isDryRun = false

  /// Sets them up.
  ///
  /// - Parameters:
  ///   - context: The command's context.
  ///   - extra: Further ones, for whoever acts.
  /// - Returns: The exit status.
  /// - Throws: ``AuthError``: what keeps an identity from being used.
  func run(
    _ context: CommandContext, with extra: [LinkedIntegration] = []
  ) async throws(AuthError) -> Int32 {
    var wanted: [(linked: LinkedIntegration, who: Resolution)] = []
    if names.isEmpty {
      let who = try await context.requiredIdentity()
      try await context.approve(who)
      wanted = (extra.isEmpty ? try integrations(of: who, context) : extra).map { ($0, who) }
    } else {
      // All of them are known to be right before the first is set up.
      for name in names { wanted.append(try named(name, context)) }
      for (linked, who) in wanted {
        try await context.approve(who)
        if who.record.offers.contains(where: { $0.lowercased() == linked.name.lowercased() }) {
          try await context.approveOffers(of: who)
        }
      }
    }
    var credentials: [String: Credential] = [:]
    var tasks: [IntegrationTask] = []
    for (linked, who) in wanted {
      let name = who.record.name
      let credential: Credential
      if let known = credentials[name] {
        credential = known
      } else {
        credential = try await context.session(of: who)
        credentials[name] = credential
      }
      tasks.append(
        IntegrationTask(
          linked: linked, target: name, record: who.record, credential: credential,
          configuration: who.configuration, isDryRun: isDryRun))
    }
    return await context.setUp(tasks) == 0 ? 0 : AuthError.Code.refused.exitStatus
  }

  private func named(
    _ name: String, _ context: CommandContext
  ) throws(AuthError) -> (linked: LinkedIntegration, who: Resolution) {
    let owner = try owner(of: name, context.configuration)
    var who = try context.identity(named: owner, by: .argument)
    if case .named(let given) = context.flags.identity {
      who = try context.identity(named: given, by: .option)
    }
    return (try integration(name, context.configuration), who)
  }

  private func integrations(
    of who: Resolution, _ context: CommandContext
  ) throws(AuthError) -> [LinkedIntegration] {
    var found: [LinkedIntegration] = []
    let mayOffer = try who.configuration.allowsOffers(of: who.record)
    for name in context.integrations(of: .identity, who.record.name, in: who.configuration)
    where mayOffer || !who.record.offers.contains(name) {
      let linked = try integration(name, who.configuration, mayBeOther: true)
      if isMeant(linked.integration) { found.append(linked) }
    }
    guard found.isEmpty else { return found }
    throw AuthError(
      .usage, "`\(who.record.name)` has no integration that is \(what)",
      hints: ["name one: `atmos-auth \(command) NAME`", "`atmos-auth list` shows what there is"])
  }

  private func integration(
    _ name: String, _ configuration: Configuration, mayBeOther: Bool = false
  ) throws(AuthError) -> LinkedIntegration {
    let linked = try configuration.full().integration(
      named: name, kinds: configuration.kinds, commands: configuration.approvedAccess)
    guard mayBeOther || isMeant(linked.integration) else {
      throw AuthError(.usage, "integration `\(linked.name)` is not \(what)")
    }
    return linked
  }

  /// The identity that an integration belongs to.
  private func owner(
    of name: String, _ configuration: Configuration
  ) throws(AuthError) -> String {
    let catalog = try configuration.readableCatalog()
    guard
      let record = catalog.integrations.first(where: { $0.name.lowercased() == name.lowercased() })
    else {
      let known = catalog.integrations.map(\.name)
      let near = NearName.nearest(to: name, in: known)
      throw AuthError(
        .identityNotFound, "integration not found: `\(DisplayText.sanitized(name, limit: 80))`",
        hints: near.map { ["did you mean `\($0)`?"] } ?? [])
    }
    guard let identity = record.viaIdentity?.trimmed, !identity.isEmpty else {
      throw AuthError(
        .badConfiguration, "integration `\(record.name)` names no identity",
        hints: ["give it `via.identity`"])
    }
    return identity
  }
}
