import Application
import ArgumentParser

/// Options that nearly every command takes.
struct GlobalOptions: ParsableArguments {
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var process: ProcessOptions

  /// The identity as typed.
  var identity: String? { configuration.identity }

  var flags: ConfigurationFlags {
    ConfigurationFlags(
      directory: process.directory, basePath: configuration.basePath,
      configFiles: ConfigurationFlags.list(configuration.config),
      configPaths: ConfigurationFlags.list(configuration.configPath),
      profiles: ConfigurationFlags.profiles(configuration.profile),
      identity: IdentityChoice(argument: configuration.identity), noColor: process.noColor)
  }
}

/// Options that say where the configuration is and which identity to act as.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    name: .of(.identity),
    help: ArgumentHelp(
      "Identity to act as; without a value, choose from a list.", valueName: "name"),
    completion: .names(of: .identity))
  var identity: String?

  @Option(
    name: .of(.basePath),
    help: ArgumentHelp("Base path of the project.", valueName: "directory"),
    completion: .directory)
  var basePath: String?

  @Option(
    name: .of(.configFile),
    help: ArgumentHelp("Configuration file to read instead of those found.", valueName: "file"),
    completion: .file())
  var config: [String] = []

  @Option(
    name: .of(.configPath),
    help: ArgumentHelp(
      "Directory of configuration files to read instead of those found.", valueName: "directory"),
    completion: .directory)
  var configPath: [String] = []

  @Option(
    name: .of(.profile),
    help: ArgumentHelp("Configuration profile to apply.", valueName: "name"),
    completion: .list(of: .profile))
  var profile: [String] = []
}

/// Options of every command, including those that do not read our configuration.
struct ProcessOptions: ParsableArguments {
  @Option(
    name: .of(.directory),
    help: ArgumentHelp("Work as if started in this directory.", valueName: "directory"),
    completion: .directory)
  var directory: String?

  @Flag(name: .of(.noColor), help: "Do not use colours.")
  var noColor = false

  @Option(
    name: .of(.logsLevel),
    help: ArgumentHelp("Log level: Trace, Debug, Info, Warning, Error or Off.", valueName: "level"))
  var logsLevel: LogsLevel?

  @Option(
    name: .of(.logsFile),
    help: ArgumentHelp("File to write the log to; default: standard error.", valueName: "file"),
    completion: .file())
  var logsFile: String?

  var flags: ConfigurationFlags { ConfigurationFlags(directory: directory, noColor: noColor) }
  var logSettings: LogSettings { LogSettings(level: logsLevel, file: logsFile) }
}

extension LogsLevel: ExpressibleByArgument {}

extension NameSpecification {
  /// The names of an option that nearly every command takes.
  static func of(_ option: GlobalOption) -> NameSpecification {
    let short = option.short?.last.map { Element.customShort($0) }
    return NameSpecification(
      [Element.customLong(String(option.long.dropFirst(2)))] + (short.map { [$0] } ?? []))
  }
}
