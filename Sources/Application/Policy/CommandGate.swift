import AuthConfiguration
import Core
import Logging
import Model
import Sessions
import ToolCommands

/// What stands between a command and the credentials of an identity: MFA levels, and the name that
/// protected identities ask for.
///
/// docs/mfa-levels.md tells it to people; ``MFADecision`` decides.
struct CommandGate {
  /// What a command gets.
  struct Pass {
    /// The session.
    var credential: Credential
    /// The variables by which programs inside the command find it, and what is known of the run.
    var variables: [String: String] = [:]
  }

  let who: Resolution
  let context: CommandContext
  /// How the command was read; `nil` for a program that no table knows.
  let command: ToolCommand?
  /// What it may do.
  let commandClass: CommandClass
  /// What is asked for it.
  let policy: MFAPolicy
  private let realm: String
  /// Sees to it that the session lasts as long as earlier runs did; `nil` where it renews itself.
  private let runGuard: RunGuard?

  /// The gate for a program and its arguments; none at all stand for a shell of the person's.
  init(
    _ arguments: [String], as who: Resolution, _ context: CommandContext
  ) throws(AuthError) {
    self.who = who
    self.context = context
    let catalog = try who.configuration.catalog()
    realm = catalog.realm
    policy = who.mfa(over: catalog.shell.mfa)
    let isAsking = who.protected.isProtected || (policy.level ?? .never) > .never
    let isGuarded = RunGuard.isOf(who, realm: realm, context)
    guard !arguments.isEmpty, !Self.isShell(arguments), isAsking || isGuarded else {
      (command, commandClass, runGuard) = (nil, .none, nil)
      return
    }
    // The identity's own variables are among those that the tool will see.
    command = ToolCommand.read(
      arguments,
      environment: who.record.environment.reduce(into: context.surroundings.environment) {
        $0[$1.name] = $1.value
      })
    commandClass = command?.commandClass ?? .apply
    runGuard =
      if isGuarded, let command, command.commandClass > .none {
        RunGuard([command.tool] + command.words, as: who, realm: realm, context)
      } else { nil }
  }

  // A person's shell gets what they have: each command in it is looked at when it is typed.
  private static func isShell(_ arguments: [String]) -> Bool {
    let name = arguments[0].split(separator: "/").last.map(String.init) ?? ""
    return ["bash", "zsh", "fish", "sh", "dash", "ksh"].contains(name)
      && arguments.dropFirst().allSatisfy { ["-l", "-i", "-il", "-li", "--login"].contains($0) }
  }

  /// Lets the command through, after asking what there is to be asked.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` if it may not run.
  func pass(minimumValidity: Int64?) async throws(AuthError) -> Pass {
    var pass = try await checked(minimumValidity)
    if let runGuard { pass.variables[RunHistory.variable] = runGuard.begin() }
    try context.noteUse(of: who, process: context.surroundings.process)
    return pass
  }

  // With the session that shells have.
  private func ordinary(_ minimumValidity: Int64?) async throws(AuthError) -> Pass {
    guard minimumValidity == nil, let runGuard else {
      return Pass(
        credential: try await context.session(of: who, minimumValidity: minimumValidity))
    }
    return Pass(credential: try await runGuard.session())
  }

  private func checked(_ minimumValidity: Int64?) async throws(AuthError) -> Pass {
    guard commandClass > .none else { return try await ordinary(minimumValidity) }
    try await context.approve(who)
    let around = try context.commandSession(of: who)
    let terminal = TypedNames(context, who, realm: realm)
    var question = MFAQuestion(
      level: policy.level ?? .never, commandClass: commandClass,
      isProtected: who.protected.isProtected, hasTerminal: context.person != nil,
      isAutomation: !(context.surroundings.environment["TF_IN_AUTOMATION"] ?? "").isEmpty,
      isUnattended: policy.isUnattended == true, plansItself: plansItself,
      maximumAge: policy.maximumAge ?? 0,
      isConfirmed: who.protected.isProtected && terminal.wasTyped(within: policy.maximumAge ?? 0),
      heldClass: around?.subject.commandClass)
    // Looking for what takes a code opens the keyring, which may ask for its password. What is refused
    // whatever is found is refused before.
    var decision = MFADecision(question)
    var factor: ChainFactor?
    if case .askForCode = decision {
      factor = try await ChainFactor.find(for: who, context)
      question.hasFactor = factor != nil
      question.isUnattended = policy.isUnattended == true && factor?.comesAlone ?? true
      question.age = try await age(factor)
      decision = MFADecision(question)
    }
    context.log.debug(
      "the command is looked at",
      metadata: [
        "class": "\(commandClass)", "level": "\(question.level.rawValue)",
        "decision": "\(decision)", "reason": "\(command?.reason ?? "-")",
      ])
    switch decision {
    // Inside of a command its session is the one there is.
    case .proceed, .share: return try await ordinary(minimumValidity)
    case .askForName:
      try await terminal.ask(for: what)
      return try await ordinary(minimumValidity)
    case .refuse(let reason): throw refusal(reason)
    case .reuse, .askForCode:
      guard let factor else { throw refusal(.noFactor) }
      // Nobody is there when a code comes by itself.
      if decision == .askForCode(unattended: false), factor.comesAlone, !factor.isGiven,
        policy.isUnattended != true
      {
        try await terminal.ask(for: what)
      }
      let sessions = CommandSessions(self, factor, realm: realm)
      return try await sessions.begin(
        reusing: decision == .reuse, mayAsk: decision == .askForCode(unattended: false),
        minimumValidity: minimumValidity)
    }
  }

  /// What the command is, for people: its own words, never its arguments.
  var what: String {
    guard let command else { return "a program that may change anything" }
    return "`\(([command.tool] + command.words).joined(separator: " "))`"
  }

  // The tools that show a plan and ask about it in the middle of a run.
  private var plansItself: Bool {
    guard let command, commandClass == .apply, !command.appliesSavedPlan,
      !command.approvesItself, let word = command.words.last
    else { return false }
    switch command.tool {
    case "terraform", "tofu", "atmos", "terragrunt":
      return [
        "apply", "destroy", "deploy", "apply-all", "destroy-all", "spin-up", "tear-down",
      ].contains(word)
    case "pulumi": return ["up", "update", "destroy", "down", "dn"].contains(word)
    default: return false
    }
  }

  private var asksForCodes: Bool {
    let level = policy.level ?? .never
    return commandClass == .apply ? level > .never : level == .plansAndApplies
  }

  private func age(_ factor: ChainFactor?) async throws(AuthError) -> Int64? {
    guard let factor, commandClass == .apply, policy.level == .appliesOnly,
      policy.maximumAge ?? 0 > 0
    else { return nil }
    let recent = try await CommandSessions(self, factor, realm: realm).recent()
    return recent.map { ($0.proof?.at ?? $0.issuedAt).seconds(until: context.now) }
  }

  // MARK: Refusals

  private func refusal(_ reason: MFADecision.Reason) -> AuthError {
    let name = (who.leadsTo ?? who.record).name
    switch reason {
    case .nobodyToAsk:
      let asked =
        asksForCodes ? "asks for an MFA code" : "asks for the name of the identity to be typed"
      let isAutomation = context.person != nil
      let cause = isAutomation ? "TF_IN_AUTOMATION is set" : "there is no terminal to ask on"
      return AuthError(
        .loginRequired, "\(what) as `\(name)` \(asked), and \(cause)",
        hints: [
          isAutomation ? "if you are there, `unset TF_IN_AUTOMATION`" : "run it in a terminal",
          asksForCodes
            ? "or store a seed with `atmos-auth mfa add`, and set `mfa: {unattended: true}`"
            : "or let programs run it with `mfa: {unattended: true}`",
        ])
    case .unseenPlan:
      return AuthError(
        .loginRequired,
        "\(what) as `\(name)` asks for two codes, and its plan would only be seen after the second",
        hints: [planHint])
    case .noFactor:
      return AuthError(
        .loginRequired,
        "\(what) as `\(name)` asks for an MFA code, and nothing in the chain of `\(name)` takes one",
        hints: [
          "give the user or role its device with `mfa_arn`",
          "or write `mfa: {policy: never}` into the definition of `\(name)`",
        ])
    }
  }

  private var planHint: String {
    let isDestroying =
      command?.words.last.map { $0.contains("destroy") || $0.hasPrefix("d") && $0.count < 5 }
      ?? false
    switch command?.tool {
    case "pulumi":
      return "save the plan first: `pulumi preview --save-plan FILE`, then `pulumi up --plan FILE`"
    case "atmos":
      return "plan first: `atmos terraform plan COMPONENT -s STACK`, then "
        + "`atmos terraform apply COMPONENT -s STACK --from-plan`"
    case "terragrunt":
      return "save the plan first: `terragrunt plan -out FILE`, then `terragrunt apply FILE`"
    case let tool:
      let tool = tool ?? "terraform"
      return
        "save the plan first: `\(tool) plan\(isDestroying ? " -destroy" : "") -out FILE`, then "
        + "`\(tool) apply FILE`"
    }
  }
}
