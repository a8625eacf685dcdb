public import Core

/// The same configuration from elsewhere.
extension Catalog {
  /// Every file that was read or looked for, with its state; what was looked for and missing
  /// counts, since it would change the answer.
  public var inputs: [Grant.Input] {
    var seen: Set<String> = []
    return
      (discovery.candidates
      + head.inputs.map { Grant.Input(path: $0.file.path, stamp: $0.file.stamp) })
      .filter { seen.insert($0.path).inserted }
  }

  /// The directories that were looked in: the working directory, those above it, then others.
  public var directories: [String] {
    var seen: Set<String> = []
    let all = inputs.map { FileSystem.parent(of: $0.path) }.filter { seen.insert($0).inserted }
    let here = request.workingDirectory
    let above = all.filter { here == $0 || $0 == "/" || here.hasPrefix($0 + "/") }
    return above.sorted { $0.utf8.count > $1.utf8.count } + all.filter { !above.contains($0) }
  }

  /// The variables that the answer depends on.
  ///
  /// Those that only give secrets are not among them: whoever changes a password changes nothing
  /// that was allowed.
  public var environmentInputs: [Grant.EnvironmentInput] {
    let searched = Discovery.variables.map {
      Grant.EnvironmentInput(name: $0, value: request.environment[$0])
    }
    return searched
      + head.variables.filter { !$0.isSecret }.map {
        Grant.EnvironmentInput(name: $0.name, hash: $0.hash)
      }
  }

  /// The variables from which the configuration takes nothing but secrets.
  public var secretVariables: Set<String> {
    Set(head.variables.filter(\.isSecret).map(\.name))
  }

  /// The variables that a grant depends on: ``environmentInputs``, and those of `redirecting`, set or
  /// not, since one that is set later leads elsewhere, too.
  public func grantVariables(redirecting: [String]) -> [Grant.EnvironmentInput] {
    let inputs = environmentInputs
    let known = Set(inputs.map(\.name))
    let redirects = request.redirects
    return inputs
      + redirecting.filter { !known.contains($0) }.map { name in
        let redirect = redirects.first { $0.name == name }
        return Grant.EnvironmentInput(
          name: name, value: redirect.map(\.before) ?? request.environment[name])
      }
  }

  /// Arguments that give this configuration in any directory, with ``reproducingVariables``.
  public var reproducingArguments: [String] {
    var arguments = ["--chdir", directoryForReproduction]
    if discovery.isExplicit {
      let files = request.values(request.configFiles, or: "ATMOS_CONFIG")
      let paths = request.values(request.configPaths, or: "ATMOS_CONFIG_PATH")
      for file in files { arguments += ["--config", absolute(file)] }
      for path in paths { arguments += ["--config-path", absolute(path)] }
    }
    if let basePath = discovery.basePath { arguments += ["--base-path", basePath] }
    for profile in head.profiles { arguments += ["--profile", profile] }
    return arguments
  }

  /// What of this environment the configuration depends on and the arguments cannot say.
  public var reproducingVariables: [(name: String, value: String)] {
    var variables: [(name: String, value: String)] = []
    if realmSource == .environment { variables.append((name: "ATMOS_AUTH_REALM", value: realm)) }
    if let path = request.variable(Discovery.override) {
      variables.append((name: Discovery.override, value: absolute(path)))
    }
    if let value = request.variable(Discovery.gitRootSwitch) {
      variables.append((name: Discovery.gitRootSwitch, value: value))
    }
    return variables
  }

  /// The variables that lead to another configuration where they are set; all others of
  /// ``reproducingVariables`` are among them.
  public static let leadingVariables =
    Discovery.variables + ["ATMOS_AUTH_REALM", "ATMOS_PROFILE"]

  private func absolute(_ path: String) -> String {
    PathText.absolute(
      PathText.expandingHome(path, home: request.home), from: request.workingDirectory)
  }

  /// The directory of the configuration when it answers the same from there, so that all of a
  /// repository shares what is kept by these arguments; else the working directory.
  private var directoryForReproduction: String {
    guard head.workingDirectory == nil else { return request.workingDirectory }
    if discovery.isExplicit { return discovery.gitRoot ?? request.workingDirectory }
    guard let directory = discovery.configDirectory, directory != request.workingDirectory
    else { return request.workingDirectory }
    var other = request
    other.workingDirectory = directory
    for (name, value) in reproducingVariables { other.environment[name] = value }
    guard let found = try? Discovery(other), found.mainFiles == discovery.mainFiles,
      found.gitRoot == discovery.gitRoot || isSame(in: found.gitRoot)
    else { return request.workingDirectory }
    return directory
  }

  /// Whether another git work tree, or none, changes nothing: the person's own files rarely ask.
  private func isSame(in other: String?) -> Bool {
    guard !head.usesGitRoot, head.foreignFiles.isEmpty else { return false }
    for case let root? in [discovery.gitRoot, other] {
      guard !Discovery.dropIns.contains(where: { FileSystem.exists("\(root)/\($0)") }) else {
        return false
      }
    }
    guard let root = discovery.gitRoot else { return true }
    return !head.inputs.contains { $0.file.stamp != nil && $0.file.path.hasPrefix("\(root)/") }
  }

  /// Sixteen hexadecimal digits that stand for ``reproducingArguments`` and the realm.
  public var deliveryKey: String {
    var text = realm
    for argument in reproducingArguments { text += "\u{0}\(argument)" }
    text += "\u{0}\u{0}\(request.variable("ATMOS_CLI_CONFIG_PATH") ?? "")"
    return String(Hex.sha256(Array(text.utf8)).prefix(16))
  }

  /// Sixteen hexadecimal digits that stand for the content: for every file and variable it depends
  /// on, and the realm.
  public var contentKey: String {
    var hash = Hash.fnv1a("\(realm)\n".utf8)
    for input in inputs {
      hash = Hash.fnv1a("\(input.path) \(input.stamp?.text ?? "-")\n".utf8, from: hash)
    }
    for input in environmentInputs {
      let value = input.hash.map { Hash.hex($0) } ?? "-"
      hash = Hash.fnv1a("\(input.name) \(value)\n".utf8, from: hash)
    }
    return Hash.hex(hash)
  }
}
