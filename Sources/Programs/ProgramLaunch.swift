internal import CLibrary
internal import CShims
public import Core

/// Turning this process into another one, and starting others.
public enum ProgramLaunch {
  /// Makes a directory the working directory of this process.
  ///
  /// - Throws: ``AuthError`` with code `usage` when that is not possible.
  public static func enter(_ directory: String) throws(AuthError) {
    guard chdir(directory) == 0 else {
      throw AuthError(.usage, "cannot enter \(directory): \(Errno(errno).text)")
    }
  }

  /// Whether there is a process of this number.
  public static func isRunning(_ process: Int32) -> Bool {
    kill(process, 0) == 0 || errno == EPERM
  }

  /// Replaces this process; returns only if that fails, with `errno`.
  ///
  /// Signals, terminal, job control and exit status are from then on the program's own.
  ///
  /// - Parameters:
  ///   - path: The program.
  ///   - arguments: Its arguments, the name that it is started by included.
  ///   - environment: Its environment.
  ///   - original: What came in and is not UTF-8.
  /// - Returns: `errno`.
  public static func replaceProcess(
    _ path: String, arguments: [String], environment: [String: String],
    original: OriginalBytes = OriginalBytes()
  ) -> Int32 {
    // What a Swift runtime blocked or ignored must not be inherited; SIGPIPE above all, since a
    // child that ignores it never ends when its reader does.
    signal(SIGPIPE, SIG_DFL)
    Self.unblockSignals()
    let words = original.bytes(of: arguments)
    return withCStrings(words) { argv in
      withCStrings(original.bytes(of: environment)) { envp in
        execve(path, argv, envp)
        let number = errno
        guard number == ENOEXEC, isScript(path) else { return number }
        let script = scriptArguments(path, []).map { Array($0.utf8) } + words.dropFirst()
        return withCStrings(script) { argv in
          execve(shell, argv, envp)
          return errno
        }
      }
    }
  }

  /// What runs a script that does not name its interpreter (POSIX.1-2024, 2.9.1.6).
  private static let shell = "/bin/sh"

  private static func scriptArguments(_ path: String, _ arguments: [String]) -> [String] {
    // A name that begins with a dash would be an option.
    [shell, path.hasPrefix("-") ? "./\(path)" : path] + arguments.dropFirst()
  }

  /// Whether a file that the system cannot run is one for a shell: its first line has no NUL, as
  /// POSIX has it.
  private static func isScript(_ path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(descriptor, &bytes, bytes.count)
    guard count >= 0 else { return false }
    return !bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }.contains(0)
  }

  /// Makes a start again with a shell, if it fails because the program is a script that does not
  /// name its interpreter.
  private static func orAsScript<Value>(
    _ path: String, _ arguments: [String],
    _ start: (_ path: String, _ arguments: [String]) throws(Errno) -> Value
  ) throws(Errno) -> Value {
    do throws(Errno) {
      return try start(path, arguments)
    } catch {
      guard error.number == ENOEXEC, isScript(path) else { throw error }
      return try start(shell, scriptArguments(path, arguments))
    }
  }

  /// Starts a program with this process's streams and waits for its end, deaf to the terminal's
  /// signals meanwhile and afterwards.
  ///
  /// - Returns: Its exit status, or 128+N when signal N ended it.
  /// - Throws: The errno of the start.
  public static func run(
    _ path: String, arguments: [String], environment: [String: String]
  ) throws(Errno) -> Int32 {
    let child = try orAsScript(path, arguments) { path, arguments throws(Errno) in
      try start(path, arguments: arguments, environment: environment)
    }
    // Keys typed at the child reach this process too; Ctrl-C is the child's to handle. Only now,
    // since what is ignored before the start would be ignored in the child.
    for number in [SIGINT, SIGQUIT, SIGTSTP] { signal(number, SIG_IGN) }
    return wait(for: child)
  }

  /// Runs a program in the foreground of a terminal, or with -1 just so, and waits for its end.
  ///
  /// - Returns: Its exit status, or 128+N when signal N ended it.
  /// - Throws: The errno of the start.
  public static func runInForeground(
    of terminal: Int32, _ path: String, arguments: [String], environment: [String: String]
  ) throws(Errno) -> Int32 {
    try orAsScript(path, arguments) { path, arguments throws(Errno) in
      var result: Int32 = 0
      let status = withCStrings(arguments) { argv in
        withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
          atmos_run_foreground(terminal, path, argv, envp, &result)
        }
      }
      guard status == 0 else { throw Errno(-status) }
      return exitStatus(result)
    }
  }

  /// Starts a program; its standard output is `standardOutput` when that is given.
  ///
  /// - Throws: The errno of the start.
  public static func start(
    _ path: String, arguments: [String], environment: [String: String],
    standardOutput: Int32? = nil
  ) throws(Errno) -> Int32 {
    var child = pid_t()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    if let standardOutput { posix_spawn_file_actions_adddup2(&actions, standardOutput, 1) }
    unblockSignals()
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    let status = withCStrings(arguments) { argv in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
        posix_spawn(&child, path, &actions, &attributes, argv, envp)
      }
    }
    guard status == 0 else { throw Errno(status) }
    return child
  }

  /// Starts a program that lives on without this one: not our child, deaf to the terminal,
  /// nothing on its streams.
  ///
  /// - Throws: The errno of the start.
  public static func startDetached(
    _ path: String, arguments: [String], environment: [String: String]
  ) throws(Errno) {
    let status = withCStrings(arguments) { argv in
      withCStrings(environment.map { "\($0.key)=\($0.value)" }) { envp in
        atmos_start_detached(path, argv, envp)
      }
    }
    guard status == 0 else { throw Errno(-status) }
  }

  // Tasks run on threads that block most signals, and a program inherits the mask of the thread
  // that starts it: without this, `kill` could not end it.
  private static func unblockSignals() {
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
  }

  /// Waits for a child's end: its exit status, or 128+N when signal N ended it.
  public static func wait(for child: Int32) -> Int32 {
    var result: Int32 = 0
    while waitpid(child, &result, 0) < 0 {
      guard errno == EINTR else { return 255 }
    }
    return exitStatus(result)
  }

  private static func exitStatus(_ result: Int32) -> Int32 {
    let signalNumber = result & 0x7F
    return signalNumber == 0 ? (result >> 8) & 0xFF : 128 + signalNumber
  }

  /// An error number of the operating system.
  public struct Errno: Error {
    /// The value of `errno`.
    public var number: Int32
    /// Creates an error from `errno`.
    public init(_ number: Int32) { self.number = number }
    /// What it means, in the system's words.
    public var text: String { String(cString: strerror(number)) }
  }

  private static func withCStrings<Result>(
    _ strings: [[UInt8]],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    // One block for all of them, each with its end.
    var block: [CChar] = []
    block.reserveCapacity(strings.reduce(0) { $0 + $1.count + 1 })
    for string in strings {
      block.append(contentsOf: string.lazy.map { CChar(bitPattern: $0) })
      block.append(0)
    }
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
      capacity: strings.count + 1)
    defer { pointers.deallocate() }
    return block.withUnsafeMutableBufferPointer { block in
      var place = block.baseAddress
      for (index, string) in strings.enumerated() {
        pointers[index] = place
        place = place.map { $0 + string.count + 1 }
      }
      pointers[strings.count] = nil
      return body(pointers)
    }
  }

  private static func withCStrings<Result>(
    _ strings: [String],
    _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let pointers = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
      capacity: strings.count + 1)
    for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
    pointers[strings.count] = nil
    defer {
      for index in strings.indices { free(pointers[index]) }
      pointers.deallocate()
    }
    return body(pointers)
  }
}
