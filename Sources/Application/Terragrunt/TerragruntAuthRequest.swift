import AWS
import AuthConfiguration
package import Core
import Model
import Programs
import ToolCommands

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
    try Self.check(who, context)
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
    let named = Self.named(context)
    // Whoever started it named the protected identity, so it is not the directory alone.
    if let named, case .protected(_, _, let selection) = try context.verdict(on: context.directory),
      ByteText(selection.activation.identity) == ByteText(named)
    {
      return try await context.chosenIdentity(mayChoose: false)
    }
    if let choice = try context.choice(ofDirectory: context.directory) { return choice }
    if let who = try run.filesIdentity(isNoted: false) {
      do throws(AuthError) {
        try await context.approve(who)
        // A role that others than who was named may assume is none of terragrunt's.
        let names = [who.record.name, who.record.viaIdentity].compactMap { $0?.lowercased() }
        if who.record.isProtected, let named, !names.contains(named.lowercased()) {
          return try await context.chosenIdentity(mayChoose: false)
        }
        return .identity(who)
      } catch {
        // What nobody allowed chooses nothing; who was named is given, as without such files.
        guard named != nil, error.code == .loginRequired else { throw error }
      }
    }
    return named == nil ? nil : try await context.chosenIdentity(mayChoose: false)
  }

  private static func named(_ context: CommandContext) -> String? {
    context.surroundings.environment["ATMOS_IDENTITY"].flatMap { $0.isEmpty ? nil : $0 }
  }

  // What terragrunt was started as was asked about then. For all else counts what was asked then, and
  // what terragrunt was started for; where nothing says, it may be an apply.
  private static func check(_ who: Resolution, _ context: CommandContext) throws(AuthError) {
    let standard = try who.configuration.catalog().shell.mfa
    let policy = who.mfa(over: standard)
    guard !who.protected.isEmpty || (policy.level ?? .never) > .never,
      !who.leadsTo.isEmpty || named(context)?.lowercased() != who.record.name.lowercased()
    else { return }
    let mark = ToolMark(context.surroundings.environment[ToolMark.variable])
      .flatMap { ProgramLaunch.isRunning($0.process) ? $0 : nil }
    let around = try context.commandAround(who)?.subject
    let question = MFAQuestion(
      level: policy.level ?? .never, commandClass: mark?.commandClass ?? .apply,
      isProtected: !who.protected.isEmpty, hasTerminal: false,
      isUnattended: policy.isUnattended == true,
      heldClass: around?.proof == .code ? around?.commandClass : nil,
      namedClass: around?.proof == .name ? around?.commandClass : nil)
    switch MFADecision(question) {
    case .proceed, .share: return
    case .reuse, .askForCode, .askForName, .refuse:
      throw refusal(who.asking(over: standard), question, isMarked: mark != nil)
    }
  }

  private static func refusal(
    _ record: IdentityRecord, _ question: MFAQuestion, isMarked: Bool
  ) -> AuthError {
    let asked = question.needsCode ? "asks for an MFA code" : "is protected"
    let started =
      isMarked
      ? "terragrunt was not started as it" : "nothing says what terragrunt was started for"
    var hints = [
      "start terragrunt as it: `atmos-auth exec -i \(ShellQuoting.typed(record.name)) -- terragrunt`"
    ]
    if !isMarked, question.level != .plansAndApplies {
      hints.append("for a plan, `atmos-auth exec --wrapper -- terragrunt` will do")
    }
    return AuthError(.loginRequired, "`\(record.name)` \(asked), and \(started)", hints: hints)
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
