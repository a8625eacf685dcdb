internal import CLibrary
internal import CShims
internal import Core

/// A browser that runs for us.
struct BrowserProcess {
  private let process: Int32
  /// How it is talked to.
  let pipe: DevToolsPipe

  /// Why it could not be started.
  struct Fault: Error {
    var text: String
  }

  /// Starts a program.
  init(
    _ path: String, _ arguments: [String], environment: [String: String]
  ) throws(Fault) {
    let words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
    let variables: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + variables { free(pointer) } }
    var ends: [Int32] = [-1, -1]
    var process: Int32 = 0
    let status = atmos_start_piped(path, words, variables, &ends, &process)
    guard status == 0 else {
      throw Fault(
        text: strerror(-status).map { String(cString: $0).lowercased() } ?? "error \(-status)")
    }
    self.process = process
    pipe = DevToolsPipe(reading: ends[0], writing: ends[1])
  }

  /// Waits until it has ended, and sees to it that it does.
  ///
  /// - Returns: Its exit status; 128 and the number for a signal.
  func end(_ sleep: @Sendable (Duration) async throws -> Void) async -> Int32 {
    pipe.hangUp()
    defer { pipe.stopReading() }
    var status: Int32 = 0
    var isOver = false
    // It has cookies to write.
    for _ in 0..<250 {
      isOver = waitpid(process, &status, WNOHANG) != 0
      if isOver { break }
      do { try await sleep(.milliseconds(20)) } catch { break }
    }
    // Its helpers are in its session; nothing of it stays behind.
    kill(-process, SIGKILL)
    while !isOver {
      let ended = waitpid(process, &status, 0)
      isOver = ended == process || errno != EINTR
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}
