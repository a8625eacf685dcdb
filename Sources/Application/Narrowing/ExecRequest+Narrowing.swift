import AuthConfiguration
import Core
import Model
import ToolCommands

extension ExecRequest {
  /// Who acts, with as much less as the options say.
  func narrowed(
    _ choice: ChosenIdentity?, _ context: CommandContext
  ) async throws(AuthError) -> ChosenIdentity? {
    let directory = context.surroundings.workingDirectory
    guard let narrowing = try narrowing.narrowing(in: directory) else { return choice }
    guard case .identity(let who) = choice else {
      throw AuthError(.usage, "nobody acts here, so there is nothing to narrow")
    }
    return .identity(try await context.narrowed(who, by: narrowing))
  }

  /// The environment for a program of one that has less already; `nil` where nobody has.
  ///
  /// It stays as it is, since what was handed out is all there is, but the identity's MFA level counts in
  /// there, too: a command that was asked for a code gets a session of its own, with as much less.
  ///
  /// - Throws: ``AuthError``: `refused` as ``isNarrowedAlready(_:)``, `loginRequired` for a command that
  ///   may not run, or for a narrowed session that is not known.
  func inside(_ context: CommandContext) async throws(AuthError) -> PreparedProgram? {
    guard try isNarrowedAlready(context) else { return nil }
    var program = PreparedProgram(
      command: command, environment: context.surroundings.environment)
    let tool = WrappedTool(command, context)
    if tool.needsNothing || isWrapper && tool.isPassedOver { return program }
    let who = try await leading(try await narrowedAlready(context), context)
    let gate = try CommandGate(command, as: who, context)
    guard gate.commandClass > .none else { return program }
    let pass = try await gate.pass(minimumValidity: minimumValidity)
    program.environment.merge(pass.variables) { $1 }
    if pass.hasOwnSession {
      let delivery = try Delivery(
        who, credential: pass.credential, isStatic: false, isForChild: true, context: context)
      program.environment = delivery.applied(to: program.environment)
      program.handedOut = (.identity(who), pass.credential)
    }
    program.environment[ToolMark.variable] =
      ToolMark(of: command, as: .identity(who), context, program.environment)?.text
    return program
  }

  // With whom terragrunt becomes with its session.
  private func leading(
    _ who: Resolution, _ context: CommandContext
  ) async throws(AuthError) -> Resolution {
    guard let run = TerragruntRun(command, context),
      case .identity(let leading) = try await run.given(.identity(who), isNarrowed: true)
    else { return who }
    return leading
  }

  // The identity that the variables name has the configuration that it was chosen in.
  private func narrowedAlready(_ context: CommandContext) async throws(AuthError) -> Resolution {
    let environment = context.surroundings.environment
    let key = environment[NarrowedSession.variable] ?? ""
    var context = context
    if case .unstated = context.flags.identity, let session = NarrowedSession(key, context.paths),
      environment["ATMOS_IDENTITY"]?.lowercased() != session.identity.lowercased()
    {
      var flags = context.flags
      flags.identity = .named(session.identity)
      context = context.next(flags)
    }
    return try context.narrowed(try await context.requiredIdentity(mayChoose: false), key: key)
  }

  /// Whether the program was started by one that has less already, and stays so.
  ///
  /// - Throws: ``AuthError`` with code `refused` for another identity, or for options that would make
  ///   another session.
  private func isNarrowedAlready(_ context: CommandContext) throws(AuthError) -> Bool {
    let key = context.surroundings.environment[NarrowedSession.variable] ?? ""
    guard !key.isEmpty else { return false }
    let name = NarrowedSession(key, context.paths)?.identity
    if context.stack?.isStated == true { try NarrowedProgram.refuse("exec --stack") }
    switch context.flags.identity {
    case .unstated where !isStatic && narrowing.isEmpty: return true
    case .named(let other)
    where !isStatic && narrowing.isEmpty && other.lowercased() == name?.lowercased():
      return true
    default:
      try NarrowedProgram.refuse("exec")
      return false
    }
  }
}
