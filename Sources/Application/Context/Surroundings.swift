package import AuthConfiguration
import CLibrary
import CShims
package import Core
package import Model
package import Programs
import Terminal

/// What the process was started with; read once, in `main`, and passed down.
package struct Surroundings: Sendable {
  /// The arguments, without the program's own name.
  package var arguments: [String]
  /// The environment.
  package var environment: [String: String]
  /// The working directory, by the name the shell knows it (`PWD`) when that is right.
  package var workingDirectory: String
  /// The absolute path of this program, as it was found: a link that a package manager points at
  /// each new version stays right in files that outlive this one.
  package var executable: String
  /// The number of this process.
  package var process: Int32
  /// Whether standard input is a terminal.
  package var inputIsTerminal: Bool
  /// The path of the terminal that the person sits at; `nil` without one.
  package var terminal: String?
  /// What the arguments and the environment have that is not UTF-8.
  package var originalBytes = OriginalBytes()
  /// Every cloud and kind that this build knows.
  package var registry: Registry
  /// The time.
  package var now: @Sendable () -> Instant

  /// The argument that stands for a start as Docker's credential helper.
  package static let registryHelper = "__docker-credential"

  /// Whether every error is to be reported as JSON, also of commands that have no `--format`.
  package var wantsJSONErrors: Bool {
    environment["ATMOS_AUTH_ERROR_FORMAT"]?.lowercased() == "json"
  }

  /// Creates surroundings from their parts.
  package init(
    arguments: [String], environment: [String: String], workingDirectory: String,
    executable: String, process: Int32, inputIsTerminal: Bool,
    registry: Registry, now: @escaping @Sendable () -> Instant
  ) {
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.executable = executable
    self.process = process
    self.inputIsTerminal = inputIsTerminal
    self.registry = registry
    self.now = now
  }

  /// The process's own, for a program that knows what is in `registry`.
  package static func ofProcess(_ registry: Registry) -> Surroundings {
    var environment: [String: String] = [:]
    var original = OriginalBytes()
    var entry = environ
    while let pointer = entry.pointee {
      let valid = String(validatingCString: pointer)
      let text = valid ?? String(cString: pointer)
      if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
        let name = String(text[..<equals])
        environment[name] = String(text[text.utf8.index(after: equals)...])
        if valid == nil {
          let bytes = Array(UnsafeRawBufferPointer(start: pointer, count: strlen(pointer)))
          original.keep(Array(bytes.drop { $0 != UInt8(ascii: "=") }.dropFirst()), of: name)
        }
      }
      entry += 1
    }
    // Services and containers start programs without it; none of our files belongs below `/`.
    if environment["HOME"]?.hasPrefix("/") != true { environment["HOME"] = accountHome() }
    let directory = directory(environment["PWD"])
    let words = original.keepArguments()
    var arguments = Array(words.dropFirst())
    var executable = ownPath(words.first ?? "atmos-auth", environment["PATH"], in: directory)
    if let shim = Shim(startedBy: words.first ?? "", executable) {
      arguments = shim.arguments + arguments
      executable = shim.program
    }
    // Docker runs it by another name, which is a link beside it.
    if words.first?.hasSuffix(RegistryHelper.program) == true {
      arguments.insert(registryHelper, at: 0)
      let beside = FileSystem.parent(of: executable) + "/atmos-auth"
      executable =
        isSameFile(beside, executable) ? beside : FileSystem.realPath(executable) ?? executable
    }
    var surroundings = Surroundings(
      arguments: arguments, environment: environment, workingDirectory: directory,
      executable: executable,
      process: getpid(), inputIsTerminal: isatty(0) == 1,
      registry: registry, now: { Instant(secondsSince1970: Int64(time(nil))) })
    surroundings.terminal = terminalPath()
    surroundings.originalBytes = original
    return surroundings
  }

  /// Why nothing may be written to the home directory; `nil` if that may be.
  ///
  /// Root by way of sudo often still has the home of the person who typed it. What root writes there
  /// that person cannot change or remove any more.
  package static func homeFault(
    _ environment: [String: String], user: UInt32, owner: (_ path: String) -> UInt32?
  ) -> AuthError? {
    guard user == 0, let sudo = environment["SUDO_UID"], UInt32(sudo) ?? 0 != 0,
      let home = environment["HOME"], let owner = owner(home), owner != 0
    else { return nil }
    return AuthError(
      .usage,
      "this runs as root, and HOME is \(DisplayText.sanitized(home)), which belongs to another user",
      hints: ["use `sudo -H`, which sets HOME, or run it without sudo"])
  }

  /// Why nothing may be written to this process's home directory.
  package var homeFault: AuthError? {
    // Nearly always there is nothing to look up.
    guard environment["SUDO_UID"] != nil else { return nil }
    return Self.homeFault(environment, user: geteuid()) { path in
      var status = stat()
      return stat(path, &status) == 0 ? status.st_uid : nil
    }
  }

  /// The environment for programs that are run on our own behalf.
  ///
  /// `configured` is the variable that the configuration names for the keyring's password.
  package func helperEnvironment(configured: String? = nil) -> [String: String] {
    HelperEnvironment.of(environment, configured: configured, terminal: terminal)
  }

  /// The environment for programs that need no secret: browsers, windows that ask, readers of logs.
  ///
  /// `catalog` is the configuration, where one was read.
  package func environmentWithoutSecrets(_ catalog: Catalog? = nil) -> [String: String] {
    HelperEnvironment.withoutSecrets(
      helperEnvironment(configured: catalog?.keyring.passwordEnvironment),
      secrets: catalog?.secretVariables ?? [], isSensitive: Masking.isSensitive)
  }

  // `/dev/tty` would mean another terminal in another process.
  private static func terminalPath() -> String? {
    for stream: Int32 in 0...2 where isatty(stream) == 1 {
      if let name = ttyname(stream) { return String(cString: name) }
    }
    return nil
  }

  /// The hook's program: it stands beside this one, or beside the file that this one is a link to.
  package var hookExecutable: String {
    let name = "atmos-auth-hook"
    let beside = FileSystem.parent(of: executable) + "/" + name
    guard !FileSystem.exists(beside), let real = FileSystem.realPath(executable) else {
      return beside
    }
    return FileSystem.parent(of: real) + "/" + name
  }

  // What the system's list of accounts says, as shells and SDKs do without HOME.
  private static func accountHome() -> String? {
    guard let account = getpwuid(geteuid()), let home = account.pointee.pw_dir else { return nil }
    return String(cString: home)
  }

  // A shell's $PWD names the directory as the person walked into it; getcwd resolves links.
  private static func directory(_ named: String?) -> String {
    if let named, named.hasPrefix("/"), isSameFile(named, ".") { return named }
    guard let path = getcwd(nil, 0) else { return "/" }
    defer { free(path) }
    return String(cString: path)
  }

  private static func isSameFile(_ left: String, _ right: String) -> Bool {
    var a = stat()
    var b = stat()
    return stat(left, &a) == 0 && stat(right, &b) == 0 && a.st_dev == b.st_dev
      && a.st_ino == b.st_ino
  }

  // The name that it was started by, when that leads to this file: callers can pass any.
  private static func ownPath(
    _ name: String, _ searchPath: String?, in directory: String
  ) -> String {
    var found = name
    if !name.contains("/") {
      found = (try? ProgramPath.find(name, path: searchPath)) ?? name
    }
    if !found.hasPrefix("/") { found = "\(directory)/\(found)" }
    if found.split(separator: "/").contains(where: { $0 == "." || $0 == ".." }) {
      found = FileSystem.realPath(found) ?? found
    }
    #if os(Linux)
    if !isSameFile(found, "/proc/self/exe"), let real = FileSystem.realPath("/proc/self/exe") {
      return real
    }
    #endif
    return found
  }
}
