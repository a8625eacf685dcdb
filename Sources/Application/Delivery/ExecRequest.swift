import AuthConfiguration
package import Core
import Model
package import Programs
import Terminal

/// What `exec` does, apart from the command line.
package struct ExecRequest {
  package var command: [String]
  package var isStatic = false
  /// Seconds the session must have left when the program starts.
  package var minimumValidity: Int64?
  /// Whether it stands in front of a program that a person or a script means to run as it is: where
  /// nobody applies, it runs as without this.
  package var isWrapper = false
  /// What the program is given less.
  package var narrowing = NarrowingOptions()

  /// Creates it from its parts.
  package init(
    command: [String], isStatic: Bool = false, minimumValidity: Int64? = nil,
    isWrapper: Bool = false
  ) {
    self.command = command
    self.isStatic = isStatic
    self.minimumValidity = minimumValidity
    self.isWrapper = isWrapper
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    guard let name = command.first else {
      throw AuthError(
        .usage, "no command specified",
        hints: ["put it after `--`: `atmos-auth exec -i NAME -- terraform plan`"])
    }
    // Before anybody is asked for anything.
    let path: String
    do throws(ProgramPath.Missing) {
      path = try Self.path(of: name, context)
    } catch {
      return Self.tell(error, name, context)
    }
    let context = context.following(stackOf: command)
    var program = try await prepared(context)
    try Self.enterDirectory(context, &program.environment)
    if let (choice, credential) = program.handedOut {
      try await context.writeDown(
        isWrapper ? .wrapper : .exec, choice, credential, isStatic: isStatic, to: (name, path))
    }
    await context.system.closeConnections()
    let number = ProgramLaunch.replaceProcess(
      path, arguments: program.command, environment: program.environment,
      original: context.surroundings.originalBytes)
    return Self.tell(
      AuthError(.system, "cannot start \(path): \(ProgramLaunch.Errno(number).text)"), 126,
      context)
  }

  /// The program of a name; not a shim, which would only lead back here.
  package static func path(
    of name: String, _ context: CommandContext
  ) throws(ProgramPath.Missing) -> String {
    try ProgramPath.find(
      name, path: context.surroundings.environment["PATH"], isSkipped: { Shim(at: $0) != nil })
  }

  /// Goes where `--chdir` says, for a program that takes this process's place or outlives all else
  /// that it does.
  static func enterDirectory(
    _ context: CommandContext, _ environment: inout [String: String]
  ) throws(AuthError) {
    guard context.flags.directory != nil else { return }
    let directory = FileSystem.realPath(context.directory) ?? context.directory
    try ProgramLaunch.enter(directory)
    environment["PWD"] = directory
  }

  /// Tells that there is no such program; the exit status is the one that shells give that mistake.
  package static func tell(
    _ missing: ProgramPath.Missing, _ name: String, _ context: CommandContext
  ) -> Int32 {
    let (status, error): (Int32, AuthError) =
      switch missing {
      case .notFound:
        (
          127,
          AuthError(
            .usage, "command not found: \(name)",
            hints: ["ensure `\(name)` is installed and on your PATH"])
        )
      case .notExecutable(let path):
        (126, notExecutable(path))
      }
    return tell(error, status, context)
  }

  // Only of a file that says how it is run is the missing permission the mistake.
  private static func notExecutable(_ path: String) -> AuthError {
    if FileSystem.isDirectory(path) {
      return AuthError(.usage, "cannot be run: \(path) is a directory")
    }
    let script = (try? FileSystem.readFile(path, limit: 1 << 20)) ?? nil
    return AuthError(
      .usage, "cannot be run: \(path)",
      hints: script?.starts(with: "#!".utf8) == true
        ? ["`\(ShellQuoting.typed(command: ["chmod", "+x", path]))`"] : [])
  }

  private static func tell(
    _ error: AuthError, _ status: Int32, _ context: CommandContext
  ) -> Int32 {
    context.err.write(ErrorReport.text(error, on: context.err))
    return status
  }

  /// The seconds that a duration such as `45m` stands for.
  package static func seconds(_ text: String) throws(AuthError) -> Int64 {
    guard let seconds = DurationText.seconds(text), seconds >= 0 else {
      throw AuthError(.usage, "not a duration: \(text)", hints: ["write it like `45m` or `1h30m`"])
    }
    return seconds
  }

  /// The same, where `what` lasts no less and no more than `range` says.
  package static func seconds(
    _ text: String, in range: ClosedRange<Int64>, of what: String
  ) throws(AuthError) -> Int64 {
    let seconds = try seconds(text)
    guard range.contains(seconds) else {
      throw AuthError(.usage, "\(what) lasts \(DurationText.text(range)), not \(text)")
    }
    return seconds
  }
}
