import Application
import ArgumentParser

/// Options that nearly every command takes.
struct GlobalOptions: ParsableArguments {
  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var process: ProcessOptions

  /// The identity as it was typed.
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

/// Options that say where configuration is and which identity is meant.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    name: .of(.identity),
    help: ArgumentHelp(
      "The identity to act as; without a value, choose from a list.", valueName: "name"),
    completion: .names(of: .identity))
  var identity: String?

  @Option(
    name: .of(.basePath),
    help: ArgumentHelp("The base path of the project.", valueName: "directory"),
    completion: .directory)
  var basePath: String?

  @Option(
    name: .of(.configFile),
    help: ArgumentHelp("A configuration file, in place of those found.", valueName: "file"),
    completion: .file())
  var config: [String] = []

  @Option(
    name: .of(.configPath),
    help: ArgumentHelp(
      "A directory with configuration, in place of those found.", valueName: "directory"),
    completion: .directory)
  var configPath: [String] = []

  @Option(
    name: .of(.profile),
    help: ArgumentHelp("A configuration profile to apply.", valueName: "name"),
    completion: .list(of: .profile))
  var profile: [String] = []
}

/// Options of every command, those included that read no configuration of ours.
struct ProcessOptions: ParsableArguments {
  @Option(
    name: .of(.directory),
    help: ArgumentHelp("Work as if started in this directory.", valueName: "directory"),
    completion: .directory)
  var directory: String?

  @Flag(name: .of(.noColor), help: "Write no colours.")
  var noColor = false

  @Option(
    name: .of(.logsLevel),
    help: ArgumentHelp("How much to tell about what is done.", valueName: "level"))
  var logsLevel: LogsLevel?

  @Option(
    name: .of(.logsFile),
    help: ArgumentHelp("Where to tell it; default: standard error.", valueName: "file"),
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
