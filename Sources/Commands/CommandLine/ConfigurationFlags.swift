import Core

/// What the command line says about where configuration is and which identity is meant; the same
/// for every command.
struct ConfigurationFlags: Equatable, Sendable {
  /// `--chdir`: the directory to work in.
  var directory: String?
  /// `--base-path`.
  var basePath: String?
  /// `--config`, in order.
  var configFiles: [String] = []
  /// `--config-path`, in order.
  var configPaths: [String] = []
  /// `--profile`, in order, comma lists taken apart.
  var profiles: [String] = []
  /// `--identity`.
  var identity = IdentityChoice.unstated
  /// `--no-color`.
  var noColor = false

  /// Whether they say which configuration is meant.
  var nameConfiguration: Bool {
    basePath != nil || !configFiles.isEmpty || !configPaths.isEmpty || !profiles.isEmpty
  }

  /// The options that say which configuration is meant, as words of a command line.
  var arguments: [String] {
    func all(_ name: String, _ values: [String]) -> [String] { values.flatMap { [name, $0] } }
    return all("--chdir", directory.map { [$0] } ?? [])
      + all("--base-path", basePath.map { [$0] } ?? []) + all("--config", configFiles)
      + all("--config-path", configPaths) + all("--profile", profiles)
  }
}

/// What `--identity` says.
enum IdentityChoice: Equatable, Sendable {
  /// Not given: the environment, the directory or a default decides.
  case unstated
  /// Given without a value: a person chooses.
  case ask
  /// A name or an alias, as typed.
  case named(String)
  /// `false`, `no`, `off`, `0` or `none`: nobody.
  case nobody

  init(argument: String?) {
    switch argument {
    case nil, "": self = .unstated
    case ArgumentRewriting.select: self = .ask
    case .some(let text) where IdentityName.meansNobody(text): self = .nobody
    case .some(let text): self = .named(text)
    }
  }
}
