/// The units of terragrunt's that a command line is for.
public struct TerragruntPlace: Equatable, Sendable {
  /// Where it works when not in the working directory, as it was written.
  public let directory: String?
  /// The unit's file, as it was written; `nil` for the one in the directory.
  public let file: String?
  /// Whether it is for all units of the directory and below it, or may be.
  public let isForAllUnits: Bool

  /// Reads a command line of terragrunt's.
  ///
  /// - Parameters:
  ///   - arguments: The program and its arguments.
  ///   - environment: The variables that terragrunt will see.
  /// - Returns: `nil` when the program is another one, or the command needs no credentials.
  public static func read(
    _ arguments: [String], environment: [String: String]
  ) -> TerragruntPlace? {
    guard ToolCommand.isOf("terragrunt", arguments),
      let tool = ToolCommand.read(arguments, environment: environment), tool.commandClass > .none
    else { return nil }
    let reader = TerragruntReader(environment)
    let words = Array(arguments.dropFirst())
    return TerragruntPlace(
      directory: tool.directory, file: reader.file(words),
      isForAllUnits: reader.isForAllUnits(words))
  }
}
