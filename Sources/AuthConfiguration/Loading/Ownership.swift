public import Core

extension ConfigurationRequest {
  /// Whether a file is the person's own; see docs/trust.md.
  ///
  /// With `isNamed` they named it themselves.
  public func isOwn(_ path: String, isNamed: Bool = false) -> Bool {
    guard let discovery = try? Discovery(self) else { return false }
    return Ownership(self, discovery, naming: isNamed ? path : nil).isOwn(path)
  }
}

/// Which files of a configuration are the person's own; all others are a checkout's.
///
/// Own are files of `~/.atmos`, of the configuration directory (`~/.config/atmos`) and of the system,
/// and those beside a file that an option or variable names, unless they lie in a version-controlled
/// tree. In any case they have to be this person's or root's, and nobody else may be able to write
/// them; see ``Core/FileOwnership``.
struct Ownership {
  private var own: [String] = []
  private var named: [String] = []
  private let environment: [String: String]

  init(
    _ request: ConfigurationRequest, _ discovery: Discovery, naming path: String? = nil
  ) {
    environment = request.environment
    own = [request.systemDirectory, "/usr/local/etc/atmos", "/etc/atmos", request.paths.config]
    if let home = request.home { own.append("\(home)/.atmos") }
    // What a login wrote down belongs to whoever the provider belongs to.
    own += ["\(request.paths.sharedCache)/auth", request.paths.provisionedDirectory]
    let override = request.variable("ATMOS_CLI_CONFIG_PATH").map {
      PathText.absolute(
        PathText.expandingHome($0, home: request.home), from: request.workingDirectory)
    }
    named = override.map { [$0] } ?? []
    if let path { named.append(FileSystem.parent(of: PathText.cleaned(path))) }
    if discovery.isExplicit { named += discovery.mainFiles.map(\.directory) }
  }

  /// Whether a file is the person's own.
  func isOwn(_ path: String) -> Bool {
    let path = PathText.cleaned(path)
    let isOwnPlace = own.contains { Self.isBelow(path, $0) }
    guard isOwnPlace || named.contains(where: { Self.isBelow(path, $0) }) else { return false }
    guard FileOwnership.objection(to: path, exceptions: exceptions) == nil else { return false }
    return isOwnPlace || !Self.isVersionControlled(path)
  }

  private var exceptions: OwnerExceptions {
    OwnerExceptions(isContainerRoot: { OwnerExceptions.isContainerRoot { environment[$0] } })
  }

  private static func isBelow(_ path: String, _ directory: String) -> Bool {
    path.utf8.starts(with: "\(directory == "/" ? "" : directory)/".utf8)
  }

  private static func isVersionControlled(_ path: String) -> Bool {
    let real = FileSystem.realPath(path) ?? path
    return PathText.ancestors(of: FileSystem.parent(of: real)).contains { directory in
      [".git", ".hg", ".svn", ".jj"].contains { FileSystem.isNamed("\(directory)/\($0)") }
    }
  }
}

extension ConfigurationRequest {
  /// The request of a person's own files alone, wherever they work just now.
  public var ownOnly: ConfigurationRequest {
    var request = self
    request.workingDirectory = "/"
    return request
  }

  /// The person's own `atmos.yaml` files, least important first, those of the machine left out.
  public func ownFiles() throws(AuthError) -> [String] {
    let discovery = try Discovery(self)
    let ownership = Ownership(self, discovery)
    let machine = [systemDirectory, "/usr/local/etc/atmos", "/etc/atmos"].map { "\($0)/" }
    return discovery.mainFiles.map(\.path).filter { path in
      ownership.isOwn(path) && !machine.contains { path.hasPrefix($0) }
    }
  }

  /// Where a person's own file is made if there is none; `nil` without a home directory.
  public var newOwnFile: String? { home.map { "\($0)/.atmos/atmos.yaml" } }
}

extension ConfigurationLoader {
  /// Whether a file is the person's own with all that it includes; others are noted.
  mutating func isOwn(_ file: ConfigFile) -> Bool {
    // One file may be merged a thousand times, and include as many.
    if let known = isOwnFile[file.path] { return known }
    let foreign = ([file.path] + file.included).filter { !ownership.isOwn($0) }
    if !foreign.isEmpty, merged.foreignFiles.isEmpty, hasOwnFiles { own = merged }
    merged.foreignFiles += foreign.filter { knownForeign.insert($0).inserted }
    isOwnFile[file.path] = foreign.isEmpty
    return foreign.isEmpty
  }
}
