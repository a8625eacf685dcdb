internal import Core
internal import Model

extension ConfigurationLoader {
  /// Merges the profiles in force over everything else.
  mutating func loadProfiles() throws(AuthError) {
    let directories = profileDirectories
    let available = try ProfileSearch.available(in: directories, log)
    merged.availableProfiles = available.keys.sorted()
    let selected = selectedProfiles
    for name in selected {
      guard let directory = available[name] else {
        throw profileNotFound(name, directories)
      }
      for path in yamlFiles(below: directory) {
        guard let file = parse(path) else { continue }
        loadImports(of: file, base: base(of: file), depth: 1, holders: [path])
        apply(file)
      }
    }
    merged.profiles = selected
  }

  /// `--profile`, else `ATMOS_PROFILE`, else `profiles.default`.
  private var selectedProfiles: [String] {
    if !request.profiles.isEmpty { return request.profiles.flatMap(ConfigurationRequest.list) }
    let variable = log.variable("ATMOS_PROFILE").map(ConfigurationRequest.list) ?? []
    if !variable.isEmpty { return variable }
    guard let node = profilesNode?["default"] else { return [] }
    return (node.text.map { [$0] } ?? node.elements.compactMap(\.text))
      .flatMap(ConfigurationRequest.list)
  }

  /// The first profiles, by name, that define an identity by themselves.
  ///
  /// It is for a hint, so it reads a quarter of what a configuration may have and then stops.
  static func profiles(
    defining identity: String, limit: Int, _ request: ConfigurationRequest, _ discovery: Discovery
  ) -> [String] {
    var request = request
    request.profiles = []
    request.limits.bytes /= 4
    request.limits.values /= 4
    var loader = ConfigurationLoader(request, discovery)
    for main in discovery.mainFiles { loader.loadMain(main) }
    let available = try? ProfileSearch.available(in: loader.profileDirectories, loader.log)
    var found: [String] = []
    for (name, directory) in (available ?? [:]).sorted(by: { $0.key < $1.key }) {
      let isThere = loader.yamlFiles(below: directory).contains { path in
        let file = loader.parse(path)
        return file?.identities.contains { ConfigNode.isSameKey($0.name, identity) } ?? false
      }
      if isThere { found.append(name) }
      if found.count == limit || loader.log.budget.isOver { break }
    }
    return found
  }

  private var profileDirectories: [String] {
    var directories: [String] = []
    if let base = profilesNode?["base_path"]?.text, !base.isEmpty {
      directories.append(
        PathText.absolute(
          PathText.expandingHome(base, home: request.home),
          from: discovery.isExplicit ? profilesBase : discovery.configDirectory ?? profilesBase))
    }
    let beside = discovery.configDirectory
    if let beside { directories.append("\(beside)/.atmos/profiles") }
    directories.append("\(request.paths.config)/profiles")
    if let beside { directories.append("\(beside)/profiles") }
    return directories
  }

  private func profileNotFound(_ name: String, _ directories: [String]) -> AuthError {
    let shown = DisplayText.sanitized(name, limit: 80)
    var error = AuthError(.usage, "profile not found: `\(shown)`")
    if merged.identities[name] != nil {
      let option = ShellQuoting.typed(command: ["--identity", name])
      error = error.hint("`\(shown)` is an identity: use `\(option)` or ATMOS_IDENTITY")
    }
    let available = merged.availableProfiles.map { DisplayText.sanitized($0, limit: 80) }
    if let near = Suggestion.didYouMean(name, among: available) { error = error.hint(near) }
    return error.hint(
      available.isEmpty
        ? "there are no profiles in \(directories.joined(separator: ", "))"
        : "available profiles: \(available.joined(separator: ", "))")
  }
}

/// Finds profiles: directories of YAML files.
enum ProfileSearch {
  /// The profiles of several directories, each with the first directory that has it.
  static func available(
    in directories: [String], _ log: InputLog
  ) throws(AuthError) -> [String: String] {
    var found: [String: String] = [:]
    for directory in directories {
      for name in try log.list(directory) ?? []
      where !name.hasPrefix(".") && found[name] == nil
        && FileSystem.isDirectory("\(directory)/\(name)")
      {
        found[name] = "\(directory)/\(name)"
      }
    }
    return found
  }
}
