import AuthConfiguration
package import Core
import Programs
import Terminal

/// What `shell` does, apart from the command line.
package struct ShellSession {
  package var program: String
  package var arguments: [String]
  package var isStatic = false
  package var minimumValidity: Int64?

  /// Creates it from its parts.
  package init(
    program: String, arguments: [String], isStatic: Bool = false, minimumValidity: Int64? = nil
  ) {
    self.program = program
    self.arguments = arguments
    self.isStatic = isStatic
    self.minimumValidity = minimumValidity
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    // Before anybody is asked for anything.
    let path: String
    do {
      path = try ProgramPath.find(program, path: context.surroundings.environment["PATH"])
    } catch {
      throw AuthError(.usage, "no such shell: \(program)", hints: ["name one with `--shell PATH`"])
    }
    let choice = try await context.chosenIdentity()
    let shell = [program] + arguments
    let prepared = try await ExecRequest.prepared(
      choice, context, isStatic: isStatic, minimumValidity: minimumValidity,
      command: TypedShell.isTyped(arguments, context.surroundings) ? [] : shell)
    var environment = prepared.environment
    let level = Int(environment["ATMOS_SHLVL"] ?? "") ?? 0
    environment["ATMOS_SHLVL"] = String(level + 1)
    let line = try await context.writeDown(
      .shell, choice, prepared.handedOut?.credential, isStatic: isStatic, to: (program, path))
    let name = choice.displayName
    context.say(
      "\(context.err.symbol("→", plain: "->")) Entering Atmos shell with identity: \(name)")
    context.say("  Type 'exit' to return to your normal shell")
    try ExecRequest.enterDirectory(context, &environment)
    await context.system.closeConnections()
    do {
      let status = try ProgramLaunch.run(
        path, arguments: [path] + arguments, environment: environment)
      if case .identity(let who) = choice {
        await context.writeDownEnd(of: line, status: status, in: who.configuration)
      }
      context.say(
        "\(context.err.symbol("←", plain: "<-")) Exited Atmos shell for identity: \(name)")
      return status
    } catch {
      throw AuthError(.system, "cannot start \(path): \(error.text)")
    }
  }
}
