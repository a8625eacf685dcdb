import Core

/// What the command line says about where configuration is and which identity to use; the same
/// for every command.
package struct ConfigurationFlags: Equatable, Sendable {
  /// `--chdir`: the directory to work in.
  package var directory: String?
  /// `--base-path`.
  package var basePath: String?
  /// `--config`, in order.
  package var configFiles: [String] = []
  /// `--config-path`, in order.
  package var configPaths: [String] = []
  /// `--profile`, in order, comma lists taken apart.
  package var profiles: [String] = []
  /// `--identity`.
  package var identity = IdentityChoice.unstated
  /// `--no-color`.
  package var noColor = false

  /// Creates it from its parts.
  package init(
    directory: String? = nil, basePath: String? = nil, configFiles: [String] = [],
    configPaths: [String] = [], profiles: [String] = [], identity: IdentityChoice = .unstated,
    noColor: Bool = false
  ) {
    self.directory = directory
    self.basePath = basePath
    self.configFiles = configFiles
    self.configPaths = configPaths
    self.profiles = profiles
    self.identity = identity
    self.noColor = noColor
  }

  /// Whether they say which configuration to use.
  var nameConfiguration: Bool {
    basePath != nil || !configFiles.isEmpty || !configPaths.isEmpty || !profiles.isEmpty
  }

  /// The options that say which configuration to use, as words of a command line.
  package var arguments: [String] {
    GlobalOption.allCases.flatMap { option in values(of: option).flatMap { [option.long, $0] } }
  }

  private func values(of option: GlobalOption) -> [String] {
    switch option {
    case .directory: directory.map { [$0] } ?? []
    case .basePath: basePath.map { [$0] } ?? []
    case .configFile: configFiles
    case .configPath: configPaths
    case .profile: profiles
    // Not what says which configuration to use.
    case .identity, .noColor, .logsLevel, .logsFile: []
    }
  }
}

/// What `--identity` says.
package enum IdentityChoice: Equatable, Sendable {
  /// Not given: the environment, the directory or a default decides.
  case unstated
  /// Given without a value: a person chooses.
  case ask
  /// A name or an alias, as typed.
  case named(String)
  /// `false`, `no`, `off`, `0` or `none`: nobody.
  case nobody
}

extension ConfigurationFlags {
  /// Takes an option that says where configuration is or which identity to use; `false` if it is
  /// none of them.
  package mutating func take(_ name: String, _ value: String) -> Bool {
    switch GlobalOption(name: name) {
    case .directory: directory = value
    case .basePath: basePath = value
    case .configFile: configFiles += Self.list([value])
    case .configPath: configPaths += Self.list([value])
    case .profile: profiles += Self.profiles([value])
    case .identity: identity = IdentityChoice(argument: value)
    case .noColor, .logsLevel, .logsFile, nil: return false
    }
    return true
  }

  /// Options that may be repeated may also hold a comma list, as in atmos.
  package static func list(_ values: [String]) -> [String] {
    values.flatMap { $0.split(separator: ",").map(String.init) }
  }

  /// As ``list(_:)``, but an empty value stays: it says that there is to be no profile.
  package static func profiles(_ values: [String]) -> [String] {
    values.flatMap { $0.isEmpty ? [$0] : list([$0]) }
  }
}

extension IdentityChoice {
  /// The value that stands for "let me choose"; atmos uses the same word.
  package static let select = "__SELECT__"

  /// Reads the option's value; `nil` and an empty one count as not given.
  package init(argument: String?) {
    switch argument {
    case nil, "": self = .unstated
    case Self.select: self = .ask
    case .some(let text) where IdentityName.isOff(text): self = .nobody
    case .some(let text): self = .named(text)
    }
  }
}
