import AuthConfiguration
package import Core
package import Model
import Terminal

/// A program that is about to be started: by `exec`, a wrapper, `shell` or the REPL.
package struct PreparedProgram {
  /// To whom credentials were handed out, and which.
  package typealias HandedOut = (to: ChosenIdentity, credential: Credential?)

  /// The program and its arguments.
  package var command: [String]
  /// Its environment.
  package var environment: [String: String]
  /// What it was given; `nil` where it runs as without us.
  package var handedOut: HandedOut?
}

extension ExecRequest {
  /// The program as `exec` or a wrapper starts it.
  func prepared(_ context: CommandContext) async throws(AuthError) -> PreparedProgram {
    if let inside = try await inside(context) { return inside }
    guard isWrapper else {
      return try await prepared(as: try await context.chosenIdentity(), context)
    }
    let tool = WrappedTool(command, context)
    let start = try await tool.start()
    var program = try await prepared(start, context)
    if start.choice == nil, !tool.isPassedOver,
      let mark = ToolMark(of: command, as: nil, context, program.environment)
    {
      program.environment[ToolMark.variable] = mark.text
    }
    return program
  }

  /// The program as it is started as who was chosen, after what there is to be asked about it.
  ///
  /// - Parameters:
  ///   - choice: Who it acts as.
  ///   - context: What is around it.
  ///   - isInLine: Whether it is one of several that a shell's line starts.
  /// - Returns: The program, with its environment.
  /// - Throws: ``AuthError`` with code `loginRequired` if it may not run.
  package func prepared(
    as choice: ChosenIdentity, _ context: CommandContext, isInLine: Bool = false
  ) async throws(AuthError) -> PreparedProgram {
    try await prepared(
      WrappedTool.Start(choice: choice, command: command), context, isInLine: isInLine)
  }

  private func prepared(
    _ start: WrappedTool.Start, _ context: CommandContext, isInLine: Bool = false
  ) async throws(AuthError) -> PreparedProgram {
    let start = try await TerragruntRun.adjusting(start, context, isNarrowed: !narrowing.isEmpty)
    var program = PreparedProgram(
      command: start.command, environment: context.surroundings.environment)
    if let choice = try await narrowed(start.choice, context) {
      program = try await Self.prepared(
        choice, context, isStatic: isStatic, minimumValidity: minimumValidity,
        command: start.command)
      // Of several, what one is asked about says nothing of the others.
      program.environment[ToolMark.variable] =
        isInLine
        ? nil : ToolMark(of: start.command, as: choice, context, program.environment)?.text
    }
    for name in start.removed { program.environment[name] = nil }
    return program
  }

  /// The environment for a program of who was chosen, with a session that is good for it.
  ///
  /// `command` is what is asked about before; a shell that a person types in has none.
  static func prepared(
    _ choice: ChosenIdentity, _ context: CommandContext, isStatic: Bool, minimumValidity: Int64?,
    command: [String] = []
  ) async throws(AuthError) -> PreparedProgram {
    var environment = context.surroundings.environment
    guard case .identity(let who) = choice else {
      return PreparedProgram(
        command: command, environment: context.nobodyDelivery().applied(to: environment),
        handedOut: (choice, nil))
    }
    let pass = try await CommandGate(command, as: who, context)
      .pass(minimumValidity: minimumValidity)
    environment.merge(pass.variables) { $1 }
    // What leaves credentials to the surroundings leaves them all.
    for name in who.record.isAmbient ? [] : try await context.superfluousPasswords(for: who) {
      environment[name] = nil
    }
    if let narrowed = who.narrowed { environment[NarrowedSession.variable] = narrowed.key }
    let delivery = try Delivery(
      who, credential: pass.credential, isStatic: isStatic, isForChild: true, context: context)
    return PreparedProgram(
      command: command, environment: delivery.applied(to: environment),
      handedOut: (choice, pass.credential))
  }

  /// Who acts in the REPL; `nil` where nobody is chosen, and nothing here asks for anybody.
  package static func choiceIfAny(
    _ context: CommandContext
  ) async throws(AuthError) -> ChosenIdentity? {
    do throws(AuthError) {
      return try await context.chosenIdentity(mayChoose: false)
    } catch {
      guard context.flags.identity == .unstated,
        (context.surroundings.environment["ATMOS_IDENTITY"] ?? "").isEmpty,
        case .none = try context.directoryIdentity()
      else { throw error }
      // A stack that cannot be told is another matter.
      if let stack = context.stack { _ = try await context.identity(of: stack) }
      return nil
    }
  }
}
