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
    _ command: [String], isStatic: Bool = false, minimumValidity: Int64? = nil,
    isShell: Bool = false
  ) async throws(AuthError) -> Int32 {
    guard let name = command.first else {
      throw AuthError(.usage, "no command specified", hints: ["such as `exec terraform plan`"])
    }
    let path: String
    do throws(ProgramPath.Missing) {
      path = try ProgramPath.find(name, path: context.surroundings.environment["PATH"])
    } catch {
      return ExecRequest.tell(error, name, context)
    }
    let environment = try await programEnvironment(
      isStatic, minimumValidity, (name, path),
      isShell ? ShellLine.tool(in: command.last ?? "", context.surroundings.environment) : command)
    guard !Task.isCancelled else { throw AuthError(.loginRequired, "stopped before it began") }
    return try runInForeground(path, command, environment)
  }

  /// Runs a line in the person's shell; an empty one starts that shell.
  func runShell(_ line: String) async throws(AuthError) -> Int32 {
    let environment = context.surroundings.environment
    let shell = environment["SHELL"].flatMap { $0.isEmpty ? nil : $0 } ?? "/bin/sh"
    return try await runProgram(line.isEmpty ? [shell] : [shell, "-c", line], isShell: true)
  }

  // Where nobody is chosen and no directory asks for anybody, programs run all the same: `!ls` needs
  // no identity. A directory whose file cannot be used is another matter.
  private func programEnvironment(
    _ isStatic: Bool, _ minimumValidity: Int64?, _ program: (name: String, path: String),
    _ command: [String]
  ) async throws(AuthError) -> [String: String] {
    let environment = context.surroundings.environment
    if !state.roles.isEmpty {
      // What is asked of the identity is asked of the roles on top of it.
      try await context.ask(before: command, as: try await baseIdentity())
      return try await roleDelivery(to: program).applied(to: environment)
    }
    let choice: ChosenIdentity
    do throws(AuthError) {
      choice = try await context.chosenIdentity(mayChoose: false)
    } catch {
      guard state.choice == .unstated, (environment["ATMOS_IDENTITY"] ?? "").isEmpty,
        case .none = try context.directoryIdentity()
      else { throw error }
      return environment
    }
    let prepared = try await ExecRequest.prepared(
      choice, context, isStatic: isStatic, minimumValidity: minimumValidity, command: command)
    try await context.writeDown(
      .repl, choice, prepared.credential, isStatic: isStatic, to: program)
    return prepared.environment
  }

  private func runInForeground(
    _ path: String, _ arguments: [String], _ environment: [String: String]
  ) throws(AuthError) -> Int32 {
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
