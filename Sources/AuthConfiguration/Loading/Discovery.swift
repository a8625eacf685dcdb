internal import Core

/// Where the configuration of a request comes from.
///
/// It looks for names only and opens nothing, so that it can be repeated for every command: which
/// files count is never taken from a cache.
struct Discovery: Sendable {
  /// An `atmos.yaml`.
  struct MainFile: Sendable, Hashable {
    /// Its absolute path.
    var path: String
    /// Whether its `import:` and the `.atmos.d` beside it are followed; atmos does so for all but
    /// the machine's own file.
    var followsImports = true

    /// Where it is.
    var directory: String { FileSystem.parent(of: path) }
  }

  /// The files, lowest precedence first.
  private(set) var mainFiles: [MainFile] = []
  /// What the default realm is the hash of; empty when no file was found.
  private(set) var realmSource = ""
  /// Where relative profile directories are looked for.
  private(set) var configDirectory: String?
  /// The root of the git work tree around the working directory.
  private(set) var gitRoot: String?
  /// `--base-path`, absolute.
  private(set) var basePath: String?
  /// Whether `--config`, `--config-path` or their variables replaced the search.
  private(set) var isExplicit = false
  /// Every place that was looked at, in order, with what was found.
  private(set) var candidates: [Grant.Input] = []
  private var seen: Set<String> = []

  private static let names = ["atmos.yaml", "atmos.yml", ".atmos.yaml"]
  /// The directories beside a main file, and in the root of a git work tree, that are read whole.
  static let dropIns = ["atmos.d", ".atmos.d"]
  private static let markers = names + [".atmos"] + dropIns
  /// The variable that names one more directory.
  static let override = "ATMOS_CLI_CONFIG_PATH"
  /// The variable that keeps the root of the git work tree out of the search.
  static let gitRootSwitch = "ATMOS_GIT_ROOT_BASEPATH"
  /// The variables that the search reads.
  static let variables = [
    "ATMOS_CONFIG", "ATMOS_CONFIG_PATH", override, "ATMOS_BASE_PATH", gitRootSwitch,
  ]

  /// Carries out the search.
  ///
  /// - Throws: ``AuthError`` with code `usage` when a file or directory that was asked for by name
  ///   is not there.
  init(_ request: ConfigurationRequest) throws(AuthError) {
    let directory = request.workingDirectory
    basePath = (request.basePath ?? request.variable("ATMOS_BASE_PATH")).map {
      PathText.absolute(PathText.expandingHome($0, home: request.home), from: directory)
    }
    gitRoot = PathText.ancestors(of: directory).first { FileSystem.exists("\($0)/.git") }
    let files = request.values(request.configFiles, or: "ATMOS_CONFIG")
    let paths = request.values(request.configPaths, or: "ATMOS_CONFIG_PATH")
    if files.isEmpty, paths.isEmpty {
      search(request)
    } else {
      isExplicit = true
      try take(files, paths, request)
    }
    // The last of two places for one file counts.
    var kept: Set<String> = []
    mainFiles = mainFiles.reversed().filter { kept.insert($0.path).inserted }.reversed()
  }

  // MARK: Files that were asked for

  private mutating func take(
    _ files: [String], _ paths: [String], _ request: ConfigurationRequest
  ) throws(AuthError) {
    var directories: [String] = []
    for file in files {
      let path = absolute(file, request)
      guard !FileSystem.isDirectory(path) else {
        throw AuthError(
          .usage, "`\(DisplayText.sanitized(file))` is a directory, and `--config` takes a file",
          hints: ["use `\(ShellQuoting.typed(command: ["--config-path", file]))`"])
      }
      guard look(path) else {
        let near = NearPath.hint(for: path, typed: file) { !FileSystem.isDirectory($0) }
        throw AuthError(
          .usage, "configuration file not found: `\(DisplayText.sanitized(path))`",
          hints: near.map { [$0] } ?? [])
      }
      mainFiles.append(MainFile(path: path))
      directories.append(FileSystem.parent(of: path))
    }
    for name in paths {
      let path = absolute(name, request)
      guard FileSystem.isDirectory(path) else {
        let hint =
          FileSystem.exists(path)
          ? "it is a file; use `--config`"
          : NearPath.hint(for: path, typed: name) { FileSystem.isDirectory($0) }
        throw AuthError(
          .usage, "configuration directory not found: `\(DisplayText.sanitized(path))`",
          hints: hint.map { [$0] } ?? [])
      }
      guard add(path) else {
        throw AuthError(
          .usage, "there is no `atmos.yaml` in `\(DisplayText.sanitized(path))`")
      }
      directories.append(path)
    }
    configDirectory = directories.last
    // As atmos joins them, the semicolon after the last one included.
    realmSource =
      directories.count == 1 ? directories[0] : directories.map { "\($0);" }.joined()
  }

  private func absolute(_ path: String, _ request: ConfigurationRequest) -> String {
    PathText.absolute(
      PathText.expandingHome(path, home: request.home), from: request.workingDirectory)
  }

  // MARK: The search

  private mutating func search(_ request: ConfigurationRequest) {
    let directory = PathText.cleaned(request.workingDirectory)
    if add(request.systemDirectory) {
      mainFiles[mainFiles.count - 1].followsImports = false
    }
    if let home = request.home { add("\(home)/.atmos") }
    let override = request.variable(Self.override)
    if override == nil, !hasLocalConfiguration(directory) {
      for parent in PathText.ancestors(of: directory).dropFirst() where add(parent) { break }
      if let gitRoot, gitRoot != directory, request.variable(Self.gitRootSwitch) != "false" {
        add(gitRoot)
      }
    }
    add(directory)
    if let override { add(absolute(override, request)) }
    configDirectory = mainFiles.last?.directory
    realmSource = configDirectory ?? ""
  }

  private mutating func hasLocalConfiguration(_ directory: String) -> Bool {
    Self.markers.contains { look("\(directory)/\($0)") }
  }

  /// Adds the first `atmos.yaml` of a directory, under any of its names.
  @discardableResult
  private mutating func add(_ directory: String) -> Bool {
    for name in Self.names {
      let path = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
      if look(path), !FileSystem.isDirectory(path) {
        mainFiles.append(MainFile(path: path))
        return true
      }
    }
    return false
  }

  private mutating func look(_ path: String) -> Bool {
    let stamp = FileSystem.stamp(path)
    if seen.insert(path).inserted {
      candidates.append(Grant.Input(path: path, stamp: stamp))
    }
    return stamp != nil
  }
}
