import Core
import Model

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

  /// Whether the program was started by one that has less already, and stays so with the environment as
  /// it is.
  ///
  /// - Throws: ``AuthError`` with code `refused` for another identity, or for options that would make
  ///   another session.
  func isNarrowedAlready(_ context: CommandContext) throws(AuthError) -> Bool {
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
