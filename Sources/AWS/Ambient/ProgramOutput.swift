import CShims
import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs a program and reads what it prints.
enum ProgramOutput {
  /// How it went.
  enum Result: Equatable {
    /// It could not be started, and why.
    case notStarted(String)
    /// It was ended because its time was up.
    case tookTooLong
    /// It ended by itself: its status (128 and the number for a signal) and its standard output,
    /// of which 1 MiB is kept.
    case ended(Int32, [UInt8])
  }

  /// Runs `words` found along `PATH`, standard input and error shared with this process.
  ///
  /// The waiting is done on a thread of its own, so that Swift's few are free meanwhile.
  static func run(
    _ words: [String], environment: [String: String], limit: Duration
  ) async -> Result {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(returning: runBlocking(words, environment, limit))
      }
    }
  }

  private static func runBlocking(
    _ words: [String], _ environment: [String: String], _ limit: Duration
  ) -> Result {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return .notStarted(lastError()) }
    let (reading, writing) = (ends[0], ends[1])
    defer { close(reading) }
    // The other end must not reach programs that another thread starts at this moment.
    for descriptor in ends { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }

    let started = spawn(words, environment, standardOutput: writing)
    close(writing)
    let child: pid_t
    switch started {
    case .success(let pid): child = pid
    case .failure(let error): return .notStarted(text(of: error.code))
    }

    let deadline = ContinuousClock.now + limit
    var output: [UInt8] = []
    var isOver = false
    while !isOver {
      let left = deadline - .now
      guard left > .zero else {
        kill(child, SIGKILL)
        _ = status(of: child)
        return .tookTooLong
      }
      var event = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
      let milliseconds = Int32(clamping: left.components.seconds * 1000 + 1)
      let ready = poll(&event, 1, milliseconds)
      if ready <= 0 { continue }
      let chunk = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        count = max(0, read(reading, buffer.baseAddress, 4096))
      }
      isOver = chunk.isEmpty
      if output.count < 1 << 20 { output += chunk }
    }
    return .ended(status(of: child), output)
  }

  private struct SpawnError: Error {
    var code: Int32
  }

  private static func spawn(
    _ words: [String], _ environment: [String: String], standardOutput: Int32
  ) -> Swift.Result<pid_t, SpawnError> {
    #if canImport(Darwin)
    var actions: posix_spawn_file_actions_t?
    #else
    var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, standardOutput, 1)
    _ = atmos_spawn_streams_only(&actions)

    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, words[0], &actions, nil, &arguments, &variables)
    return code == 0 ? .success(child) : .failure(SpawnError(code: code))
  }

  private static func status(of child: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      if errno != EINTR { return 255 }
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  private static func lastError() -> String { text(of: errno) }

  private static func text(of code: Int32) -> String {
    strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
  }
}
