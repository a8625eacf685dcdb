public import Core

/// Which configuration is asked for: where, by which flags, in which environment.
public struct ConfigurationRequest: Sendable {
  /// The absolute working directory, `--chdir` already carried out.
  public var workingDirectory: String
  /// The environment of the process.
  public var environment: [String: String]
  /// Where our files are.
  public var paths: StatePaths
  /// The value of `--base-path`; `ATMOS_BASE_PATH` replaces it.
  public var basePath: String?
  /// The values of `--config`, or else of `ATMOS_CONFIG`; lists with commas count as several.
  public var configFiles: [String]
  /// The values of `--config-path`, or else of `ATMOS_CONFIG_PATH`, likewise.
  public var configPaths: [String]
  /// The values of `--profile`, or else of `ATMOS_PROFILE`; one empty name means none at all.
  public var profiles: [String]
  /// Where the machine's own `atmos.yaml` is.
  public var systemDirectory: String
  /// What in the environment is allowed together with a checkout's identities.
  public var redirects: [Redirect] = []
  /// How much is read at most.
  public var limits = Limits()

  /// Creates a request.
  public init(
    workingDirectory: String, environment: [String: String], paths: StatePaths,
    basePath: String? = nil, configFiles: [String] = [], configPaths: [String] = [],
    profiles: [String] = [], systemDirectory: String = "/usr/local/etc/atmos"
  ) {
    self.workingDirectory = workingDirectory
    self.environment = environment
    self.paths = paths
    self.basePath = basePath
    self.configFiles = configFiles
    self.configPaths = configPaths
    self.profiles = profiles
    self.systemDirectory = systemDirectory
  }
}

extension ConfigurationRequest {
  var home: String? { environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } }

  /// A variable's value; an empty one counts as missing, as atmos has it.
  func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The values of a flag, or else of the variable in its place, taken apart at commas.
  func values(_ flag: [String], or variableName: String) -> [String] {
    let given = flag.isEmpty ? variable(variableName).map { [$0] } ?? [] : flag
    return given.flatMap(Self.list)
  }

  /// The profiles that a flag or `ATMOS_PROFILE` names: none when they say so, `nil` when neither
  /// is given.
  public var namedProfiles: [String]? {
    let named = values(profiles, or: "ATMOS_PROFILE")
    return named.isEmpty && profiles.isEmpty ? nil : named
  }

  /// The parts of a list with commas, blanks at their ends taken off, empty ones left out.
  static func list(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.trimmed }.filter { !$0.isEmpty }
  }
}
