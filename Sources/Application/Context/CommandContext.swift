package import AuthConfiguration
package import Core
package import Logging
package import Model
package import Terminal

/// What a command works with: what the process was started with, what it reaches, the flags, and
/// the configuration that they lead to.
///
/// It is a value, and nothing changes it: who acts, and under which configuration, is a
/// ``Resolution``, which is returned and handed on.
package struct CommandContext {
  package let surroundings: Surroundings
  package let system: System
  package let flags: ConfigurationFlags
  package let paths: StatePaths
  /// Data for programs.
  package let out: Stream
  /// Text for people.
  package let err: Stream
  /// How a person is shown the page on which they sign in.
  package var signIn = SignInOptions.standard
  /// When the command must have answered, if something waits for it that gives up then.
  package var deadline: Instant?
  /// A one-time code that came with the command.
  package var mfaCode: Secret?
  /// Whether a person may be asked to allow what a checkout says; not by commands that other programs
  /// run.
  package var mayAskForTrust = true
  /// Whether a person may be asked for anything at all; not where nobody would see it.
  package var mayAskPerson = true
  /// The stack whose identity is meant; `nil` for none.
  package var stack: StackQuestion?
  /// Takes who a person chose from a list, where nothing else said who they are.
  package var didChoose: (IdentityRecord) -> Void = { _ in }
  /// What is done, and why, for anyone tracking down a problem.
  package let log: Logger
  /// What the command line says about the log.
  package let logSettings: LogSettings
  /// The configuration that the flags mean; a directory's file may mean another one.
  package let configuration: Configuration
  /// What was opened stays so for all commands of the process.
  let keyrings: OpenedKeyrings

  package init(
    _ surroundings: Surroundings, system: System, flags: ConfigurationFlags,
    logs: LogSettings = LogSettings()
  ) {
    self.init(surroundings, system, flags, logs, OpenedKeyrings())
  }

  private init(
    _ surroundings: Surroundings, _ system: System, _ flags: ConfigurationFlags,
    _ logs: LogSettings, _ keyrings: OpenedKeyrings
  ) {
    self.surroundings = surroundings
    self.system = system
    self.flags = flags
    self.keyrings = keyrings
    logSettings = logs
    let environment = surroundings.environment
    paths = StatePaths(environment: { environment[$0] })
    out = system.stream(1, environment, flags.noColor)
    err = system.stream(2, environment, flags.noColor)
    let levels = LogThreshold(stated: logs.level ?? LogsLevel(environment: environment))
    log = CommandLog.log(logs, surroundings, levels: levels, err: err)
    let directory = Self.directory(flags, surroundings)
    configuration = Configuration(
      flags.request(
        in: directory, environment: environment, paths: paths, registry: surroundings.registry),
      tools: Configuration.Tools(
        directory: directory, executable: surroundings.executable, now: surroundings.now, log: log,
        levels: levels, registry: surroundings.registry, terminal: surroundings.terminal,
        isJob: {
          CIJob.isOne(environment) && !surroundings.inputIsTerminal
            && system.terminal(environment, false) == nil
        }))
  }

  /// The context of another command of the same program: the configuration is looked up again,
  /// keyrings that are open stay so, and what it says about the log beats what this one says.
  package func next(
    _ flags: ConfigurationFlags, logs: LogSettings = LogSettings(),
    in environment: [String: String]? = nil
  ) -> CommandContext {
    var surroundings = surroundings
    if let environment { surroundings.environment = environment }
    let logs = LogSettings(
      level: logs.level ?? logSettings.level, file: logs.file ?? logSettings.file)
    return CommandContext(surroundings, system, flags, logs, keyrings)
  }

  /// The time.
  package var now: Instant { surroundings.now() }

  /// The options that select the configuration, as they were given, for commands shown to people.
  package var options: [String] { flags.arguments }

  /// The directory that configuration and directory identities are looked up from.
  package var directory: String { configuration.request.workingDirectory }

  private static func directory(
    _ flags: ConfigurationFlags, _ surroundings: Surroundings
  ) -> String {
    let named = surroundings.environment["ATMOS_CHDIR"].flatMap { $0.isEmpty ? nil : $0 }
    guard let given = flags.directory ?? named else { return surroundings.workingDirectory }
    return given.hasPrefix("/") ? given : "\(surroundings.workingDirectory)/\(given)"
  }

  /// Tells a person something.
  package func say(_ line: String) {
    err.write(DisplayText.sanitizedLines(line) + "\n")
  }

  /// Writes data for programs on standard output.
  ///
  /// - Throws: ``AuthError`` with code `system` when not all of it went out: half of an answer must
  ///   not look like success.
  package func emit(_ text: String) throws(AuthError) {
    guard out.write(text) else {
      throw AuthError(
        .system, "cannot write to standard output: the disk is full or the reader is gone")
    }
  }

  /// Every cloud and kind.
  package var registry: Registry { surroundings.registry }

  /// Every kind.
  package var kinds: KindRegistry { configuration.kinds }

  /// The kind of an identity or provider; `nil` for one that is unknown.
  package func kind(_ step: ChainStepRecord) -> Kind? { kinds.kind(step.kind, step.section) }
}
