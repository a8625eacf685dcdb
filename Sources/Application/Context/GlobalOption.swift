/// The options that nearly every command takes, with their names.
///
/// The option parser, the path that does without it, the words that are moved behind a command and
/// the words that a shell keeps all take the names from here.
package enum GlobalOption: CaseIterable, Sendable {
  case directory
  case basePath
  case configFile
  case configPath
  case profile
  case identity
  case noColor
  case logsLevel
  case logsFile

  /// The option that a name stands for; `nil` for a name of none of them.
  package init?(name: String) {
    guard let option = Self.allCases.first(where: { $0.long == name || $0.short == name }) else {
      return nil
    }
    self = option
  }

  /// Its name, the two dashes included.
  package var long: String {
    switch self {
    case .directory: "--chdir"
    case .basePath: "--base-path"
    case .configFile: "--config"
    case .configPath: "--config-path"
    case .profile: "--profile"
    case .identity: "--identity"
    case .noColor: "--no-color"
    case .logsLevel: "--logs-level"
    case .logsFile: "--logs-file"
    }
  }

  /// Its name of one letter, the dash included; `nil` if it has none.
  package var short: String? {
    switch self {
    case .directory: "-C"
    case .identity: "-i"
    default: nil
    }
  }

  /// Whether a value follows it.
  package var takesValue: Bool { self != .noColor }
}
