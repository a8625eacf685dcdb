import Application
import ArgumentParser

/// Options that nearly every command takes.
///
/// `Use` says what a command does with `--identity`.
struct SharedOptions<Use: IdentityUse>: ParsableArguments {
  @Option(name: .of(.identity), help: Use.help, completion: .names(of: .identity))
  var identity: String?

  @OptionGroup var configuration: ConfigurationOptions
  @OptionGroup var process: ProcessOptions

  var flags: ConfigurationFlags {
    ConfigurationFlags(
      directory: process.directory, basePath: configuration.basePath,
      configFiles: ConfigurationFlags.list(configuration.config),
      configPaths: ConfigurationFlags.list(configuration.configPath),
      profiles: ConfigurationFlags.profiles(configuration.profile),
      identity: IdentityChoice(argument: identity), noColor: process.noColor)
  }
}

/// The options of a command that acts as an identity.
typealias GlobalOptions = SharedOptions<ActsAsIdentity>

/// What a command does with the identity that it is given.
protocol IdentityUse {
  /// What its help says about the option.
  static var help: ArgumentHelp { get }
}

/// It acts as the identity.
enum ActsAsIdentity: IdentityUse {
  static var help: ArgumentHelp {
    ArgumentHelp("Identity to act as; without a value, choose from a list.", valueName: "name")
  }
}

/// It acts as no identity, and refuses one.
enum ActsAsNobody: IdentityUse {
  static var help: ArgumentHelp { .hidden }
}

/// It trusts the identity, or takes that back.
enum TrustsIdentity: IdentityUse {
  static var help: ArgumentHelp {
    ArgumentHelp("Identity instead of a directory.", valueName: "name")
  }
}

/// It lists what was handed out for the identity.
enum ListsIdentity: IdentityUse {
  static var help: ArgumentHelp {
    ArgumentHelp("Only lines about this identity.", valueName: "name")
  }
}

/// It forgets the identity.
enum ForgetsIdentity: IdentityUse {
  static var help: ArgumentHelp {
    ArgumentHelp("Identity to forget; without a value, choose from a list.", valueName: "name")
  }
}

/// Options that say where the configuration is.
struct ConfigurationOptions: ParsableArguments {
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
    help: ArgumentHelp("Log level.", valueName: "level"))
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
