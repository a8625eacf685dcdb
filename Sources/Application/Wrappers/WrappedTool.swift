import AuthConfiguration
import Core
import ToolCommands

/// A program behind a wrapper function or a shim: whoever starts it means the program, so where no
/// identity applies it runs as without us.
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

  /// Who it runs as; `nil` if it runs as without us.
  ///
  /// Before the configuration's default, which does not count here, come `--identity`,
  /// `ATMOS_IDENTITY` and `use`, the directory that it works in, and the stack that it is told.
  ///
  /// - Throws: ``AuthError`` when a directory's file cannot be used, or names nobody who exists.
  func choice() async throws(AuthError) -> ChosenIdentity? {
    guard !isOff else { return nil }
    guard context.flags.identity == .unstated else { return try await context.chosenIdentity() }
    // Nothing is looked up for it, so it runs where everything else is refused.
    guard tool?.commandClass != CommandClass.none else { return nil }
    let named = !(context.surroundings.environment["ATMOS_IDENTITY"] ?? "").isEmpty
    guard !named || context.isSetByDirectory else {
      return told(try await context.chosenIdentity())
    }
    if let choice = try directoryChoice() { return told(choice) }
    if named { return told(try await context.chosenIdentity()) }
    guard let stack = context.stack, let who = try await context.identity(of: stack) else {
      return nil
    }
    return told(.identity(who))
  }

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
    return ["COMP_LINE", "_ARGCOMPLETE", "ATMOS_AUTH_DISABLE"]
      .contains { !(environment[$0] ?? "").isEmpty }
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
