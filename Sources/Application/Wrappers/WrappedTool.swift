import AuthConfiguration
import Core
import Programs
import ToolCommands

/// A program behind a wrapper function or a shim: whoever starts it means the program, so where no
/// identity applies, it runs as if there were no wrapper.
struct WrappedTool {
  private let command: [String]
  private let context: CommandContext
  private let tool: ToolCommand?

  /// Reads a program and its arguments.
  init(_ command: [String], _ context: CommandContext) {
    self.command = command
    self.context = context
    tool = ToolCommand.read(command, environment: context.surroundings.environment)
  }

  /// How it runs.
  struct Start {
    /// Who it runs as; `nil` if it runs as if there were no wrapper.
    var choice: ChosenIdentity?
    /// The program and its arguments.
    var command: [String]
    /// Variables that it does not get.
    var removed: [String] = []
  }

  /// How it runs.
  ///
  /// Before the configuration's default, which does not count here, come `--identity`, the role that
  /// terragrunt is told to assume, `ATMOS_IDENTITY` and `use`, the directory that it works in, the role
  /// that terragrunt's files name, and the stack that it is told.
  ///
  /// - Throws: ``AuthError`` when a directory's file cannot be used, or names nobody who exists.
  func start() async throws(AuthError) -> Start {
    // What has a role as an identity has it with its MFA, and renews it; so terragrunt need not assume
    // it as well.
    let terragrunt = isLookedAt && !isStated ? unmarkedTerragrunt : nil
    if let terragrunt, let who = try terragrunt.toldIdentity() {
      guard terragrunt.isTakenOver else {
        return Start(choice: .identity(who), command: command)
      }
      return Start(
        choice: .identity(who), command: TerragruntRole.removing(from: command),
        removed: TerragruntRole.variables)
    }
    return Start(choice: try await choice(terragrunt), command: command)
  }

  // Not within a tool that was run as somebody, which gets what that one gives it.
  private var unmarkedTerragrunt: TerragruntRun? {
    mark(in: context.surroundings.environment) == nil ? TerragruntRun(command, context) : nil
  }

  /// Whether its command is known to need no credentials.
  var needsNothing: Bool { commandClass == .none }

  /// Whether it runs as if there were no wrapper, whoever acts.
  var isPassedOver: Bool {
    !isLookedAt
      || mark(in: context.surroundings.environment)?
        .covers(commandClass, at: context.now, isRunning: ProgramLaunch.isRunning) == true
  }

  private func mark(in environment: [String: String]) -> ToolMark? {
    // Of one that nobody acts as, tools inside are looked at as if it were not there.
    guard let mark = ToolMark(environment[ToolMark.variable]), !mark.identity.isEmpty,
      ByteText(mark.identity) == ByteText(environment["ATMOS_IDENTITY"] ?? "")
    else { return nil }
    return mark
  }

  private var isStated: Bool {
    context.flags.identity != .unstated || context.stack?.isStated == true
  }

  // Nothing is looked up for what needs no credentials, so it runs where all else is refused.
  private var isLookedAt: Bool { !isOff && commandClass > .none }

  private func choice(_ terragrunt: TerragruntRun?) async throws(AuthError) -> ChosenIdentity? {
    guard !isOff else { return nil }
    guard !isStated else { return try await context.chosenIdentity() }
    guard isLookedAt else { return nil }
    let environment = context.surroundings.environment
    let named = environment["ATMOS_IDENTITY"].flatMap { $0.isEmpty ? nil : $0 }
    if let mark = mark(in: environment) {
      // A tool that was run as somebody started it: it gets what that one gives it, and for more it
      // is still nobody else.
      return mark.covers(commandClass, at: context.now, isRunning: ProgramLaunch.isRunning)
        ? nil : told(try await context.chosenIdentity())
    }
    guard named == nil || context.isSetByDirectory else {
      return told(try await context.chosenIdentity())
    }
    if let choice = try directoryChoice() { return told(choice) }
    if named != nil { return told(try await context.chosenIdentity()) }
    if let who = try terragrunt?.filesIdentity() { return told(.identity(who)) }
    guard let stack = context.stack, let who = try await context.identity(of: stack) else {
      return nil
    }
    return told(.identity(who))
  }

  /// What the program may do; one that no table has may do anything.
  private var commandClass: CommandClass { tool?.commandClass ?? .apply }

  // The directory counts as it is now: between two prompts a shell, or a script, may have gone to
  // another one, and the tool may be told one.
  private func directoryChoice() throws(AuthError) -> ChosenIdentity? {
    var directory = context.directory
    if let given = tool?.directory {
      directory = given.hasPrefix("/") ? given : "\(directory)/\(given)"
      // Where there is no such directory, the tool says so.
      guard let real = FileSystem.realPath(directory) else { return nil }
      directory = real
    }
    do throws(AuthError) {
      return try context.choice(ofDirectory: directory)
    } catch {
      guard error.code == .identityNotFound else { throw error }
      throw AuthError(
        .loginRequired, error.message, hints: error.hints, cause: error.cause)
    }
  }

  // Completion runs at each TAB, to print words and nothing else.
  private var isOff: Bool {
    let environment = context.surroundings.environment
    // As in the hook, 0 leaves it on.
    return !["", "0"].contains(environment["ATMOS_AUTH_DISABLE"] ?? "")
      || ["COMP_LINE", "_ARGCOMPLETE"].contains { !(environment[$0] ?? "").isEmpty }
      || command.dropFirst().first?.hasPrefix("__complete") == true
  }

  // The tool may be told to go past what it is given.
  private func told(_ choice: ChosenIdentity) -> ChosenIdentity {
    guard case .identity(let who) = choice, let tool, let other = tool.identity,
      other.lowercased() != who.record.name.lowercased()
    else { return choice }
    context.say(
      "note: \(tool.tool) is told `\(other)` on its command line, which may count for it instead of "
        + "the identity `\(who.record.name)`")
    return choice
  }
}
