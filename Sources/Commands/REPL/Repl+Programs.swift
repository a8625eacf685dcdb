import Application
import CLibrary
import CShims
import Core
import Programs
import Terminal

extension Repl {
  /// Runs a program as the chosen identity, in the terminal's foreground, and waits for it.
  ///
  /// - Returns: Its exit status, or 128+N when signal N ended it.
  func runProgram(
    _ command: [String], isStatic: Bool = false, minimumValidity: Int64? = nil
  ) async throws(AuthError) -> Int32 {
    guard let name = command.first else {
      throw AuthError(.usage, "no command specified", hints: ["such as `exec terraform plan`"])
    }
    let path: String
    do throws(ProgramPath.Missing) {
      path = try ExecRequest.path(of: name, context)
    } catch {
      return ExecRequest.tell(error, name, context)
    }
    let request = ExecRequest(
      command: command, isStatic: isStatic, minimumValidity: minimumValidity)
    let environment = try await environment(
      for: request, (name, path), context.following(stackOf: command))
    return try runInForeground(path, command, environment)
  }

  /// Runs a line in the person's shell; an empty one starts that shell.
  func runShell(_ line: String) async throws(AuthError) -> Int32 {
    let variables = context.surroundings.environment
    let shell = variables["SHELL"].flatMap { $0.isEmpty ? nil : $0 } ?? "/bin/sh"
    guard !line.isEmpty else { return try await runProgram([shell]) }
    let path: String
    do throws(ProgramPath.Missing) {
      path = try ExecRequest.path(of: shell, context)
    } catch {
      return ExecRequest.tell(error, shell, context)
    }
    let asked = ShellLine(line, variables)
    let environment = try await environment(
      for: ExecRequest(command: asked.command), (shell, path), context,
      isInLine: !asked.isAlone)
    return try runInForeground(path, [shell, "-c", line], environment)
  }

  // Where nobody is chosen and no directory asks for anybody, programs run all the same: `!ls` needs
  // no identity. A directory whose file cannot be used is another matter.
  private func environment(
    for request: ExecRequest, _ program: (name: String, path: String), _ context: CommandContext,
    isInLine: Bool = false
  ) async throws(AuthError) -> [String: String] {
    if !state.roles.isEmpty {
      // What is asked of the identity is asked of the roles on top of it.
      try await context.ask(before: request.command, as: try await baseIdentity())
      return try await roleDelivery(to: program).applied(to: context.surroundings.environment)
    }
    guard let choice = try await ExecRequest.choiceIfAny(context) else {
      return context.surroundings.environment
    }
    let prepared = try await request.prepared(as: choice, context, isInLine: isInLine)
    if let (choice, credential) = prepared.handedOut {
      try await context.writeDown(
        .repl, choice, credential, isStatic: request.isStatic, to: program)
    }
    return prepared.environment
  }

  private func runInForeground(
    _ path: String, _ arguments: [String], _ environment: [String: String]
  ) throws(AuthError) -> Int32 {
    guard !Task.isCancelled else { throw AuthError(.loginRequired, "stopped before it began") }
    let terminal = isInteractive ? atmos_open_terminal() : -1
    defer { if terminal >= 0 { close(terminal) } }
    do throws(ProgramLaunch.Errno) {
      return try ProgramLaunch.runInForeground(
        of: terminal, path, arguments: arguments, environment: environment)
    } catch {
      throw AuthError(.system, "cannot start \(path): \(error.text)")
    }
  }
}
