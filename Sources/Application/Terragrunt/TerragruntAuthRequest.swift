import AWS
import AuthConfiguration
package import Core
import Model

/// What `terragrunt-auth` does: it answers terragrunt, which runs it in the directory of each unit.
package struct TerragruntAuthRequest {
  /// Seconds that the session must have left.
  package var minimumValidity: Int64?

  /// Creates it from its parts.
  package init(minimumValidity: Int64? = nil) {
    self.minimumValidity = minimumValidity
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    var context = context
    context.mayAskForTrust = false
    let run = TerragruntRun(unit: context.directory, context)
    var chosen = try await choice(run, context)
    if let choice = chosen { chosen = try await run.given(choice) }
    guard case .identity(let who) = chosen, !who.record.isAmbient else {
      try context.emit("{}\n")
      return 0
    }
    let credential = try await context.session(of: who, minimumValidity: minimumValidity)
    let answer = try answer(of: who, credential, context)
    try await context.writeDown(
      HandOut(.terragrunt, .keys, of: who.record, credential), in: who.configuration)
    try context.emit(answer.revealed() + "\n")
    return 0
  }

  // The unit decides: what is around it is who started terragrunt for all units.
  private func choice(
    _ run: TerragruntRun, _ context: CommandContext
  ) async throws(AuthError) -> ChosenIdentity? {
    guard context.flags.identity == .unstated else {
      return try await context.chosenIdentity(mayChoose: false)
    }
    let named = context.surroundings.environment["ATMOS_IDENTITY"].flatMap { $0.isEmpty ? nil : $0 }
    // Whoever started it named the protected identity, so it is not the directory alone.
    if let named, case .protected(_, _, let selection) = try context.verdict(on: context.directory),
      ByteText(selection.activation.identity) == ByteText(named)
    {
      return try await context.chosenIdentity(mayChoose: false)
    }
    if let choice = try context.choice(ofDirectory: context.directory) { return choice }
    if let who = try run.filesIdentity(isNoted: false) {
      do throws(AuthError) {
        try Self.check(who, named: named)
        try await context.approve(who)
        return .identity(who)
      } catch {
        // What nobody allowed chooses nothing; who was named is given, as without such files.
        guard named != nil, error.code == .loginRequired else { throw error }
      }
    }
    return named == nil ? nil : try await context.chosenIdentity(mayChoose: false)
  }

  // A wrapper was asked for the name, and hands down whose session terragrunt needs.
  private static func check(_ who: Resolution, named: String?) throws(AuthError) {
    guard who.record.isProtected else { return }
    let names = [who.record.name, who.record.viaIdentity].compactMap { $0?.lowercased() }
    guard let named, names.contains(named.lowercased()) else {
      throw AuthError(
        .loginRequired,
        "`\(who.record.name)` is protected: the role of a unit alone never selects it",
        hints: ["start terragrunt as it: `--identity \(ShellQuoting.typed(who.record.name))`"])
    }
  }

  private func answer(
    of who: Resolution, _ credential: Credential, _ context: CommandContext
  ) throws(AuthError) -> Secret {
    let keys = TerragruntCredentials.answer(credential)
    let delivery = try Delivery(
      who, credential: credential, isStatic: keys == nil, isForChild: true, context: context)
    // With keys of its own terragrunt, and what it starts, would only be misled by files.
    let files = keys == nil ? [] : context.registry.cloud(who.record.cloud)?.variables.files ?? []
    let variables = delivery.set.filter { !files.contains($0.name) }
      .map { ($0.name, JSONText.string($0.value)) }
    var members: [(String, String)] = []
    if let keys { members.append(("awsCredentials", keys.revealed())) }
    members.append(("envs", JSONText.object(variables)))
    return Secret(JSONText.object(members))
  }
}
