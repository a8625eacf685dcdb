internal import Core
internal import Model

/// The files of a request, merged, before anything is checked.
struct MergedConfiguration: Sendable {
  var discovery: Discovery
  /// How much of it may be used.
  var limits: Limits
  /// `auth:` without its three sections.
  var settings: ConfigNode
  var providers = DefinitionTable(.provider)
  var identities = DefinitionTable(.identity)
  var integrations = DefinitionTable(.integration)
  /// What is wrong apart from single definitions.
  var faults: [Diagnostic] = []
  /// The profiles in force.
  var profiles: [String] = []
  /// The profiles there are, sorted.
  var availableProfiles: [String] = []
  /// `ATMOS_*` of `env:` that the environment does not have.
  var promoted: [String: String] = [:]
  /// The identities' aliases, both in lower case; see ``aliases(of:)``.
  var aliases: [String: String] = [:]
  var aliasFaults: [Diagnostic] = []
  /// What was read to get here.
  var files: [LoggedFile] = []
  var variables: [String: String?] = [:]
  var usesWorkingDirectory = false
  /// Whether a value is the root of the git work tree.
  var usesGitRoot = false
  /// Whether any file has a tag such as `!env`.
  var hasTags = false
  /// `stacks`, and the directory that paths in it begin at.
  var stacks: ConfigNode?
  var stackRoot = ""
  /// What the person's own files say alone.
  var own = OwnPart.everything
  /// The files that are not the person's own, in the order in which they were first merged.
  var foreignFiles: [String] = []
  /// The files that commands of those files name.
  var programs = ProgramFiles()
  /// What those files say that only own files may; it does not count.
  var ignoredSettings: [String] = []

  /// How much of a configuration is the person's own.
  enum OwnPart: Sendable {
    /// Every file.
    case everything
    /// Some files, merged without the others.
    indirect case some(MergedConfiguration)
    /// None.
    case nothing
  }
}

extension MergedConfiguration {
  /// Merges a file over what there is.
  fileprivate mutating func put(_ file: ConfigFile, _ budget: ReadingBudget) {
    hasTags = hasTags || file.hasTags
    if let over = file.settings { settings = Merge.over(settings, over, budget) ?? settings }
    faults += providers.put(file.providers, hasTags: file.hasTags, budget)
    faults += identities.put(file.identities, hasTags: file.hasTags, budget)
    faults += integrations.put(file.integrations, hasTags: file.hasTags, budget)
  }
}

/// Reads and merges the files of a request, in atmos' order.
struct ConfigurationLoader {
  let request: ConfigurationRequest
  let log: InputLog
  let discovery: Discovery
  var merged: MergedConfiguration
  private var parsed: [String: ConfigFile] = [:]
  /// Files whose faults are in `merged`.
  var reported: Set<String> = []
  private var warned: Set<Diagnostic> = []
  private var environmentNode: ConfigNode?
  var profilesNode: ConfigNode?
  var profilesBase = ""
  let ownership: Ownership
  var isOwnFile: [String: Bool] = [:]
  var knownForeign: Set<String> = []
  /// The person's own files, merged; `nil` while there is none.
  ///
  /// Until the first file that is somebody else's, `merged` says the same, and it stays `nil`.
  var own: MergedConfiguration?
  var hasOwnFiles = false

  /// Carries out a request.
  ///
  /// - Throws: ``AuthError`` with code `usage` when a file or profile that was asked for by name is
  ///   not there, `badConfiguration` when one of the request's ``Limits`` is passed. Whatever else is
  ///   wrong inside files is in the result.
  static func load(
    _ request: ConfigurationRequest, _ discovery: Discovery
  ) throws(AuthError) -> MergedConfiguration {
    var loader = ConfigurationLoader(request, discovery)
    return try loader.load()
  }

  init(_ request: ConfigurationRequest, _ discovery: Discovery) {
    self.request = request
    self.discovery = discovery
    log = InputLog(
      environment: request.environment, budget: ReadingBudget(request.limits))
    ownership = Ownership(request, discovery)
    let place = SourceMark(file: discovery.mainFiles.last?.path ?? "", line: 1, column: 1)
    merged = MergedConfiguration(
      discovery: discovery, limits: request.limits,
      settings: ConfigNode(.mapping([]), mark: place))
  }

  private mutating func load() throws(AuthError) -> MergedConfiguration {
    for main in discovery.mainFiles { loadMain(main) }
    if discovery.mainFiles.isEmpty, let root = discovery.gitRoot { loadDropIns(in: root) }
    promoteEnvironment()
    try loadProfiles()
    settleTokenSharing()
    loadProvisioned()
    lookAtPrograms()
    if let excess = log.budget.excess { throw excess }
    (merged.aliases, merged.aliasFaults) = MergedConfiguration.aliases(of: merged.identities)
    settleOwn()
    merged.promoted = log.promoted
    merged.files = log.files
    merged.variables = log.variables
    merged.usesWorkingDirectory = log.usesWorkingDirectory
    merged.usesGitRoot = log.usesGitRoot
    return merged
  }

  private mutating func settleOwn() {
    guard !merged.foreignFiles.isEmpty else { return }
    guard var own else {
      merged.own = .nothing
      return
    }
    (own.aliases, own.aliasFaults) = MergedConfiguration.aliases(of: own.identities)
    merged.own = .some(own)
  }

  // What the person's own files run is for them to know.
  private mutating func lookAtPrograms() {
    guard !merged.foreignFiles.isEmpty else { return }
    var commands: [ProgramFiles.Command] = []
    for table in [merged.providers, merged.identities, merged.integrations] {
      for entry in table.entries where merged.hasTags || ProgramFiles.mayHaveCommands(entry.node) {
        commands += ProgramFiles.commands(in: entry.node)
      }
    }
    if let sources = merged.settings["mfa", "sources"] {
      commands += ProgramFiles.commands(ofSources: sources)
    }
    if merged.settings["keyring", "spec"] != nil {
      commands += ProgramFiles.commands(
        of: AuthSettings(merged.settings, home: request.home).keyring)
    }
    let foreign = Set(merged.foreignFiles)
    merged.programs.look(
      for: commands.filter { foreign.contains($0.file) },
      below: [discovery.gitRoot, discovery.configDirectory].compactMap { $0 }, home: request.home,
      log)
  }

  // MARK: Main files

  mutating func loadMain(_ main: Discovery.MainFile) {
    guard let file = parse(main.path) else { return }
    if main.followsImports {
      if let root = discovery.gitRoot, root != main.directory { loadDropIns(in: root) }
      loadDropIns(in: main.directory)
      loadImports(of: file, base: base(of: file), depth: 1, holders: [main.path])
    }
    apply(file)
  }

  func base(of file: ConfigFile) -> String {
    let directory = FileSystem.parent(of: file.path)
    guard let declared = file.basePath, !declared.isEmpty else {
      return discovery.basePath ?? directory
    }
    return discovery.basePath
      ?? PathText.absolute(PathText.expandingHome(declared, home: request.home), from: directory)
  }

  /// `atmos.d` and `.atmos.d`: every YAML file below, shallow ones first, then by name.
  private mutating func loadDropIns(in directory: String) {
    for name in Discovery.dropIns {
      for path in yamlFiles(below: "\(directory)/\(name)") {
        guard let file = parse(path) else { continue }
        apply(file)
      }
    }
  }

  // MARK: Imports

  /// Follows `import:`: first the files it names, each after its own imports.
  mutating func loadImports(
    of file: ConfigFile, base: String, depth: Int, holders: [String]
  ) {
    guard let imports = file.imports else { return }
    let items = imports.elements.isEmpty ? [imports] : imports.elements
    for item in items where !item.isNull {
      guard log.budget.spend(.imports, for: item.mark.place) else { return }
      guard let text = (item.text ?? item["path"]?.text)?.trimmed else {
        warn("`import` takes paths", item.mark, code: "bad-import")
        continue
      }
      guard !text.isEmpty else { continue }
      if Self.isRemote(text) {
        warn(
          "`\(DisplayText.sanitized(text, limit: 120))` is not fetched; only local files are read",
          item.mark, suggestion: "keep a copy next to this file", code: "remote-import")
        continue
      }
      guard depth <= request.limits.levels else {
        warn(
          "imports are more than \(request.limits.levels) levels deep", item.mark,
          code: "bad-import")
        continue
      }
      let paths = importedFiles(text, base: base, beside: FileSystem.parent(of: file.path))
      if log.budget.isOver { return }
      if paths.isEmpty {
        warn(
          "`\(DisplayText.sanitized(text, limit: 120))` matches no file", item.mark,
          suggestion: "relative paths start at \(DisplayText.sanitized(base))",
          code: "missing-import")
      }
      for path in paths where !holders.contains(path) {
        guard log.budget.spend(.imports, for: item.mark.place) else { return }
        guard let imported = parse(path) else { continue }
        loadImports(
          of: imported, base: imported.basePath == nil ? base : self.base(of: imported),
          depth: depth + 1, holders: holders + [path])
        apply(imported)
      }
    }
  }

  private static func isRemote(_ text: String) -> Bool {
    if text.contains("://") || text.contains("::") { return true }
    // go-getter's short forms.
    return ["github.com/", "gitlab.com/", "bitbucket.org/", "git@"].contains { text.hasPrefix($0) }
  }

  private mutating func importedFiles(_ text: String, base: String, beside: String) -> [String] {
    let path = PathText.expandingHome(text, home: request.home)
    for directory in base == beside ? [base] : [base, beside] {
      let found = files(matching: PathText.absolute(path, from: directory))
      if !found.isEmpty { return found }
    }
    return []
  }

  private mutating func files(matching path: String) -> [String] {
    if FileSystem.isDirectory(path) { return yamlFiles(below: path) }
    if FileSystem.exists(path) { return [path] }
    let hasExtension = !PathText.fileExtension(path).isEmpty
    let patterns = hasExtension ? [path] : ["\(path).yaml", "\(path).yml"]
    guard Glob.isPattern(path) else {
      if !hasExtension, let found = patterns.first(where: { FileSystem.exists($0) }) {
        return [found]
      }
      // So that it is noticed when one of them comes.
      for pattern in patterns { _ = log.isDirectory(pattern) }
      return []
    }
    return Self.ordered(patterns.flatMap { expand($0) })
  }

  // MARK: Directories

  private mutating func expand(_ pattern: String) -> [String] {
    do throws(AuthError) {
      return try Glob.expand(pattern, log)
    } catch {
      merged.faults.append(Diagnostic(.error, error.message, code: "unreadable"))
      return []
    }
  }

  /// The YAML files below a directory; none when it is not there.
  mutating func yamlFiles(below directory: String) -> [String] {
    guard log.isDirectory(directory) else { return [] }
    return Self.ordered(expand("\(directory)/**/*.yaml") + expand("\(directory)/**/*.yml"))
  }

  /// Shallow files first, then by name; `x.yaml` instead of `x.yml`.
  private static func ordered(_ paths: [String]) -> [String] {
    let all = Set(paths)
    func depth(_ path: String) -> Int { path.utf8.count { $0 == UInt8(ascii: "/") } }
    return
      all.filter { !$0.hasSuffix(".yml") || !all.contains("\($0.dropLast(4)).yaml") }
      .sorted { (depth($0), $0) < (depth($1), $1) }
  }

  // MARK: Files

  /// A file's content; `nil`, with a diagnostic, if it cannot be read.
  mutating func parse(_ path: String) -> ConfigFile? {
    if let file = parsed[path] {
      // It is merged once more, and that takes as long as its size.
      let isWithin =
        log.budget.spend(.values, file.values, for: path)
        && log.budget.spend(.expandedBytes, file.expandedBytes, for: path)
      return isWithin ? file : nil
    }
    let bytes: [UInt8]
    do throws(AuthError) {
      guard let content = try log.read(path) else { return nil }
      bytes = content
    } catch {
      if reported.insert(path).inserted {
        merged.faults.append(
          Diagnostic(.error, error.message, suggestion: error.hints.first, code: "unreadable"))
      }
      return nil
    }
    let resolver = TagResolver(
      log: log, workingDirectory: request.workingDirectory, gitRoot: discovery.gitRoot,
      basePath: discovery.basePath)
    let before = (log.budget.rest(of: .values), log.budget.rest(of: .expandedBytes))
    log.beginFile()
    var file = ConfigFile(path: path, bytes: bytes, resolver: resolver)
    file.included = log.included
    file.values = before.0 - log.budget.rest(of: .values)
    file.expandedBytes = before.1 - log.budget.rest(of: .expandedBytes)
    parsed[path] = file
    return log.budget.isOver ? nil : file
  }

  /// Merges a file over what there is.
  mutating func apply(_ file: ConfigFile) {
    if isOwn(file) {
      hasOwnFiles = true
      if !merged.foreignFiles.isEmpty {
        if own == nil { own = emptyConfiguration }
        own?.put(file, log.budget)
      }
    }
    if reported.insert(file.path).inserted { merged.faults += file.faults }
    merged.put(file, log.budget)
    if let environment = file.environment {
      environmentNode = Merge.over(environmentNode, environment, log.budget)
    }
    if let stacks = file.stacks {
      merged.stacks = Merge.over(merged.stacks, stacks, log.budget)
      merged.stackRoot = base(of: file)
    }
    if let profiles = file.profiles {
      if profiles["base_path"] != nil { profilesBase = FileSystem.parent(of: file.path) }
      profilesNode = Merge.over(profilesNode, profiles, log.budget)
    }
  }

  private var emptyConfiguration: MergedConfiguration {
    MergedConfiguration(
      discovery: discovery, limits: request.limits,
      settings: ConfigNode(
        .mapping([]),
        mark: SourceMark(file: discovery.mainFiles.last?.path ?? "", line: 1, column: 1)))
  }

  mutating func warn(
    _ message: String, _ mark: SourceMark, suggestion: String? = nil, code: String
  ) {
    let fault = Diagnostic(.warning, message, mark: mark, suggestion: suggestion, code: code)
    if warned.insert(fault).inserted { merged.faults.append(fault) }
  }

  /// `ATMOS_*` in `env:` act as if they were in the environment, which wins.
  private mutating func promoteEnvironment() {
    for entry in environmentNode?.entries ?? [] where entry.key.uppercased().hasPrefix("ATMOS_") {
      let name = entry.key.uppercased()
      warnOfIgnored(name, entry.mark)
      guard let value = entry.value.text, !entry.value.isCommand else { continue }
      if log.variable(name) == nil { log.promoted[name] = value }
    }
  }
}
