internal import CLibrary
internal import CShims
internal import Core
internal import Synchronization

/// One run of a program: starts it, feeds it, reads it and waits for it.
final class ProgramProcess: Sendable {
  /// Why it could not be started.
  struct Fault: Error {
    var text: String
  }

  private let program: ProgramRun
  private let path: String
  private let running = Mutex<Running?>(nil)
  private let isEnded = Mutex(false)

  private struct Running {
    var child: pid_t
    /// What the reading below is woken with.
    var wake: Int32
  }

  /// The most that is read from it.
  private static let limit = 16 << 20

  /// A run of the program at `path`; nothing is started yet.
  init(_ program: ProgramRun, path: String) {
    self.program = program
    self.path = path
  }

  /// Whether it was told to end.
  var wasEnded: Bool { isEnded.withLock { $0 } }

  /// Ends the program, if it runs; from any thread.
  func end() {
    isEnded.withLock { $0 = true }
    running.withLock { running in
      guard let running else { return }
      kill(running.child, SIGKILL)
      // Children of its own may hold the pipes open; they are read no longer.
      _ = write(running.wake, [0], 1)
    }
  }

  /// Runs it to its end; blocks.
  func run() -> Result<ProgramRun.Result, Fault> {
    guard let pipes = ProgramPipes() else { return .failure(Fault(text: Self.text(of: errno))) }
    defer { pipes.close() }
    let pid: pid_t
    switch start(pipes) {
    case .success(let started): pid = started
    case .failure(let fault): return .failure(fault)
    }
    running.withLock { $0 = Running(child: pid, wake: pipes.wake.writing) }
    // It may have been told to end in the moment of its start.
    if wasEnded { end() }
    pipes.closeChildEnds()
    var output = Collected()
    var errors = Collected()
    defer {
      output.bytes.wipe()
      errors.bytes.wipe()
    }
    exchange(pipes, &output, &errors)
    let status = wait(for: pid)
    let lines = errors.bytes.split(separator: 0x0A)
    return .success(
      ProgramRun.Result(
        status: status, output: Secret(output.bytes),
        lastLine: lines.last.map { String(decoding: $0.prefix(200), as: UTF8.self) } ?? ""))
  }

  // MARK: Pipes

  private struct Collected {
    var bytes: [UInt8] = []
    var isOver = false

    mutating func read(_ descriptor: Int32) {
      var buffer = [UInt8](repeating: 0, count: 16 << 10)
      defer { buffer.wipe() }
      let count = Self.read(descriptor, &buffer)
      if count > 0, bytes.count < ProgramProcess.limit { bytes += buffer[..<count] }
      isOver = count == 0
    }

    private static func read(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int {
      let count = buffer.withUnsafeMutableBytes { bytes in
        #if canImport(Darwin)
        Darwin.read(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.read(descriptor, bytes.baseAddress, bytes.count)
        #else
        Glibc.read(descriptor, bytes.baseAddress, bytes.count)
        #endif
      }
      if count < 0 { return errno == EINTR || errno == EAGAIN ? -1 : 0 }
      return count
    }
  }

  /// Writes and reads at the same time, so that neither side waits for the other for ever.
  private func exchange(_ pipes: ProgramPipes, _ output: inout Collected, _ errors: inout Collected)
  {
    var written = 0
    let input = program.input
    let total = input?.count ?? 0
    if total == 0 { pipes.closeInput() }
    while !output.isOver || !errors.isOver {
      var events = [
        pollfd(fd: output.isOver ? -1 : pipes.output.reading, events: Int16(POLLIN), revents: 0),
        pollfd(fd: errors.isOver ? -1 : pipes.errors.reading, events: Int16(POLLIN), revents: 0),
        pollfd(fd: pipes.inputEnd, events: Int16(POLLOUT), revents: 0),
        pollfd(fd: pipes.wake.reading, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&events, nfds_t(events.count), -1) > 0 || errno == EINTR else { return }
      if events[3].revents != 0 { return }
      if events[0].revents != 0 { output.read(pipes.output.reading) }
      if events[1].revents != 0 {
        let start = errors.bytes.count
        errors.read(pipes.errors.reading)
        tellLines(of: errors.bytes, from: start)
      }
      if events[2].revents != 0, let input {
        let count = input.withBytes { bytes in
          write(pipes.inputEnd, bytes.baseAddress.map { $0 + written }, total - written)
        }
        if count > 0 { written += count }
        // A program that wants no more of it has its reasons; its status shows.
        let isRefused = count < 0 && errno != EINTR && errno != EAGAIN
        if written == total || isRefused { pipes.closeInput() }
      }
    }
  }

  /// Tells the lines that what came after `start` completed.
  private func tellLines(of bytes: [UInt8], from start: Int) {
    guard let tell = program.onErrorLine else { return }
    for end in bytes.indices[start...] where bytes[end] == 0x0A {
      let line = bytes[..<end].split(separator: 0x0A, omittingEmptySubsequences: false).last ?? []
      tell(String(decoding: line.prefix(200), as: UTF8.self))
    }
  }

  // MARK: The process

  private func start(_ pipes: ProgramPipes) -> Result<pid_t, Fault> {
    #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    var attributes: posix_spawnattr_t?
    #else
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, pipes.output.writing, 1)
    if case .own = program.streams {
      posix_spawn_file_actions_adddup2(&actions, pipes.input.reading, 0)
      posix_spawn_file_actions_adddup2(&actions, pipes.errors.writing, 2)
    }
    if let directory = program.directory { _ = atmos_spawn_in(&actions, directory) }
    _ = atmos_spawn_streams_only(&actions)

    // What this process ignores and blocks must not be inherited.
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var broken = sigset_t()
    sigemptyset(&broken)
    sigaddset(&broken, SIGPIPE)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &broken)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let arguments: [UnsafeMutablePointer<CChar>?] = program.words.map { strdup($0) } + [nil]
    let variables: [UnsafeMutablePointer<CChar>?] =
      program.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var pid: pid_t = 0
    let code = posix_spawn(&pid, path, &actions, &attributes, arguments, variables)
    return code == 0 ? .success(pid) : .failure(Fault(text: Self.text(of: code)))
  }

  private func wait(for pid: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      if errno != EINTR {
        status = 255 << 8
        break
      }
    }
    running.withLock { $0 = nil }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  private static func text(of code: Int32) -> String {
    strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
  }
}
