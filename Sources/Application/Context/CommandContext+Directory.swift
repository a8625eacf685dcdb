package import Core
import Programs

extension CommandContext {
  /// A path that may be relative to the directory that the command works in.
  package func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(directory)/\(path)"
  }

  /// The context after going where `--chdir` says, for a command whose programs run there too.
  ///
  /// - Throws: ``AuthError`` with code `usage` when that is not possible.
  package func entered() throws(AuthError) -> CommandContext {
    guard flags.directory != nil else { return self }
    guard let directory = FileSystem.realPath(directory), FileSystem.isDirectory(directory) else {
      throw AuthError.noSuchDirectory(directory)
    }
    try ProgramLaunch.enter(directory)
    var (surroundings, flags) = (surroundings, flags)
    surroundings.workingDirectory = directory
    surroundings.environment["PWD"] = directory
    // What was relative to the directory before would lead elsewhere from here.
    flags.directory = directory
    return CommandContext(surroundings, system: system, flags: flags, logs: logSettings)
  }
}
