import Application
import ArgumentParser

/// Options that every command takes.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: [.long, .customShort("i")],
    help: ArgumentHelp(
      "The identity to act as; without a value, choose from a list.", valueName: "name"))
  var identity: String?

  @Option(
    name: [.long, .customShort("C")],
    help: ArgumentHelp("Work as if started in this directory.", valueName: "directory"))
  var chdir: String?

  @Option(help: ArgumentHelp("The base path of the project.", valueName: "directory"))
  var basePath: String?

  @Option(
    help: ArgumentHelp("A configuration file, in place of those found.", valueName: "file"))
  var config: [String] = []

  @Option(
    help: ArgumentHelp(
      "A directory with configuration, in place of those found.", valueName: "directory"))
  var configPath: [String] = []

  @Option(help: ArgumentHelp("A configuration profile to apply.", valueName: "name"))
  var profile: [String] = []

  @Flag(help: "Write no colours.")
  var noColor = false

  @OptionGroup var logs: LogOptions

  var flags: ConfigurationFlags {
    ConfigurationFlags(
      directory: chdir, basePath: basePath, configFiles: ConfigurationFlags.list(config),
      configPaths: ConfigurationFlags.list(configPath),
      profiles: ConfigurationFlags.profiles(profile),
      identity: IdentityChoice(argument: identity), noColor: noColor)
  }
}
