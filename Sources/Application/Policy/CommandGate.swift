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
    /// The session; `nil` where the surroundings have the credentials.
    var credential: Credential?
    /// The variables by which programs inside the command find it, and what is known of the run.
    var variables: [String: String] = [:]
    /// Whether the session is the command's own.
    var hasOwnSession = false
  }

  let who: Resolution
  let context: CommandContext
  /// How the command was read; `nil` for a program that no table knows.
  let command: ToolCommand?
  /// What it may do.
  let commandClass: CommandClass
  /// What is asked for it.
  let policy: MFAPolicy
  /// The person's own policy, for identities that have none.
  let standard: MFAPolicy
  private let realm: String
  /// The program and its arguments.
  let arguments: [String]
  /// Sees to it that the session lasts as long as earlier runs did; `nil` where it renews itself.
  private let runGuard: RunGuard?

  /// The gate for a program and its arguments; none at all stand for a shell that a person types in.
  init(
    _ arguments: [String], as who: Resolution, _ context: CommandContext
  ) throws(AuthError) {
    self.who = who
    self.context = context
    self.arguments = arguments
    let catalog = try who.configuration.catalog()
    realm = catalog.realm
    standard = catalog.shell.mfa
    policy = who.mfa(over: standard)
    let isAsking = !who.protected.isEmpty || (policy.level ?? .never) > .never
    let isGuarded = RunGuard.isOf(who, realm: realm, context)
    guard !arguments.isEmpty, isAsking || isGuarded,
      !TypedShell.isOne(arguments, context.surroundings)
    else {
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
        credential: try await context.sessionUnlessAmbient(
          of: who, minimumValidity: minimumValidity))
    }
    return Pass(credential: try await runGuard.session())
  }

  private func checked(_ minimumValidity: Int64?) async throws(AuthError) -> Pass {
    guard commandClass > .none else { return try await ordinary(minimumValidity) }
    try await context.approve(who)
    let around = try context.commandAround(who)?.subject
    let terminal = TypedNames(context, who, realm: realm)
    let isProtected = !who.protected.isEmpty
    var question = MFAQuestion(
      level: policy.level ?? .never, commandClass: commandClass,
      isProtected: isProtected, hasTerminal: context.person != nil,
      isAutomation: !(context.surroundings.environment["TF_IN_AUTOMATION"] ?? "").isEmpty,
      isUnattended: policy.isUnattended == true, plansItself: plansItself,
      maximumAge: policy.maximumAge ?? 0,
      isConfirmed: isProtected && terminal.wereTyped(within: policy.maximumAge ?? 0),
      heldClass: around?.proof == .code ? around?.commandClass : nil,
      namedClass: around?.proof == .name ? around?.commandClass : nil)
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
    case .proceed where question.goesByEarlierName:
      return try await named(try await ordinary(minimumValidity))
    // Inside of a command its session is the one there is.
    case .proceed, .share: return try await ordinary(minimumValidity)
    case .askForName:
      sayWhy()
      try await terminal.ask(for: what)
      return try await named(try await ordinary(minimumValidity))
    case .refuse(let reason): throw refusal(reason)
    case .reuse, .askForCode:
      guard let factor else { throw refusal(.noFactor) }
      sayWhy()
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

  // Programs inside the command find that its identity's name was typed.
  private func named(_ pass: Pass) async throws(AuthError) -> Pass {
    var pass = pass
    CommandSession.removeEnded(context.paths, now: context.now)
    let subject = CommandSession.Subject(
      realm: realm, identities: who.concerned, commandClass: commandClass, proof: .name)
    // Without a place to note it they ask again.
    let session = try? CommandSession(
      of: subject, process: context.surroundings.process, context.paths, context.system,
      notice: context.notice, log: context.log)
    pass.variables[CommandSession.variable] = session?.value
    return pass
  }

  /// What the command is, for people: its own words, never its arguments.
  var what: String {
    guard let command else { return "a program that may change anything" }
    return "`\(([command.tool] + command.words).joined(separator: " "))`"
  }

  /// How its words alone are read, without the variables that the tool would see.
  var typed: ToolCommand? { ToolCommand.read(arguments, environment: [:]) }

  // The tools that show a plan and ask about it in the middle of a run.
  private var plansItself: Bool {
    // What a variable keeps from asking, nobody has decided to apply unseen.
    guard let command, commandClass == .apply, !command.appliesSavedPlan,
      !(command.approvesItself && typed?.approvesItself == true), let word = command.words.last
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

  /// Whether a code is asked for.
  var asksForCodes: Bool {
    MFAQuestion(level: policy.level ?? .never, commandClass: commandClass).needsCode
  }

  private func age(_ factor: ChainFactor?) async throws(AuthError) -> Int64? {
    guard let factor, commandClass == .apply, policy.level == .appliesOnly,
      policy.maximumAge ?? 0 > 0
    else { return nil }
    let recent = try await CommandSessions(self, factor, realm: realm).recent()
    return recent.map { ($0.proof?.at ?? $0.issuedAt).seconds(until: context.now) }
  }
}
