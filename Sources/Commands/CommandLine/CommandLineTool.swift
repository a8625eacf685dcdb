package import Application
import ArgumentParser
import CShims
import Core
import Model
import Terminal

/// The program: arguments in, exit status out.
package enum CommandLineTool {
  /// Runs the command that the arguments name.
  ///
  /// This is the only place that prints an error or chooses an exit status.
  ///
  /// - Returns: The exit status, 0...255: those of sysexits.h, or the child's for `exec`.
  package static func run(_ surroundings: Surroundings, system: System) async -> Int32 {
    let arguments = ArgumentRewriting.rewritten(surroundings.arguments)
    if let hot = HotPath(arguments) {
      let context = CommandContext(surroundings, system: system, flags: hot.flags)
      return await finish(context, wantsJSON: hot.wantsJSON) { () async throws(AuthError) in
        try await hot.run(context)
      }
    }
    return await runParsed(arguments, surroundings, system)
  }

  private static func runParsed(
    _ arguments: [String], _ surroundings: Surroundings, _ system: System
  ) async -> Int32 {
    let plain = CommandContext(surroundings, system: system, flags: ConfigurationFlags())
    if let unknown = UnknownCommand(arguments) {
      plain.err.write(report(unknown.error, plain))
      return unknown.error.code.exitStatus
    }
    let parsed: any ParsableCommand
    do {
      parsed = try AtmosAuth.parseAsRoot(arguments)
    } catch {
      return report(error, plain, arguments)
    }
    guard let command = parsed as? any PlainCommand else {
      // A command that only holds others, or the parser's own `help`.
      do {
        var parsed = parsed
        try parsed.run()
        return 0
      } catch {
        return report(error, plain, arguments)
      }
    }
    let context = CommandContext(
      surroundings, system: system, flags: command.flags, logs: command.logSettings)
    return await finish(context, wantsJSON: command.wantsJSON) { () async throws(AuthError) in
      try NarrowedProgram.check(
        type(of: command).configuration.commandName ?? "", surroundings.environment)
      try command.checkIdentity()
      return try await command.run(context)
    }
  }

  private static func finish(
    _ context: CommandContext, wantsJSON: Bool,
    _ body: () async throws(AuthError) -> Int32
  ) async -> Int32 {
    let status: Int32
    do throws(AuthError) {
      if let fault = context.surroundings.homeFault { throw fault }
      status = try await body()
    } catch {
      context.err.write(
        wantsJSON || context.surroundings.wantsJSONErrors
          ? ErrorReport.json(error) : ErrorReport.text(error, on: context.err))
      status = error.code.exitStatus
    }
    await context.system.closeConnections()
    return status
  }

  // What was to be written is not known yet, so only the environment says in which form.
  private static func report(_ error: AuthError, _ context: CommandContext) -> String {
    context.surroundings.wantsJSONErrors
      ? ErrorReport.json(error) : ErrorReport.text(error, on: context.err)
  }

  // The parser's own errors: help and version are asked for and go to standard output.
  private static func report(
    _ error: any Error, _ context: CommandContext, _ arguments: [String]
  ) -> Int32 {
    let message = AtmosAuth.fullMessage(for: error)
    guard AtmosAuth.exitCode(for: error) == .success else {
      var error = ParserError(message, arguments: arguments).error
      if let hint = missingTerminator(arguments) { error.hints.insert(hint, at: 0) }
      context.err.write(report(error, context))
      return error.code.exitStatus
    }
    context.out.write(message + "\n")
    return 0
  }
}

extension CommandLineTool {
  // `exec aws s3 ls` is what everybody types once.
  private static func missingTerminator(_ arguments: [String]) -> String? {
    guard arguments.first == "exec", arguments.count > 1, !arguments.contains("--") else {
      return nil
    }
    return "put `--` before the program and its arguments, as in `atmos-auth exec -- aws s3 ls`"
  }
}
