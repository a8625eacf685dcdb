import CLibrary
import CShims
import Core
import Programs

/// What a command line prints.
enum CommandOutput {
  /// The most that is read; a value of a configuration file is not longer.
  private static let limit = 1 << 20

  /// Runs `command` with `/bin/sh` in `directory` and returns its standard output without line
  /// ends at its end.
  ///
  /// - Throws: ``AuthError`` with code `badConfiguration` when it fails or prints too much.
  package static func of(
    _ command: String, directory: String, environment: [String: String]
  ) throws(AuthError) -> String {
    var ends: [Int32] = [0, 0]
    let made = atmos_pipe(&ends)
    guard made == 0 else {
      throw AuthError(.system, "cannot run `\(command)`: \(String(cString: strerror(-made)))")
    }
    defer { close(ends[0]) }
    let child: pid_t
    do {
      child = try ProgramLaunch.start(
        "/bin/sh",
        arguments: ["sh", "-c", "cd \(ShellQuoting.quote(directory, for: .posix)) && \(command)"],
        environment: environment, standardOutput: ends[1])
    } catch {
      close(ends[1])
      throw AuthError(.system, "cannot run `\(command)`: \(error.text)")
    }
    close(ends[1])
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count <= limit {
      let count = read(ends[0], &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    if bytes.count > limit { kill(child, SIGKILL) }
    let status = ProgramLaunch.wait(for: child)
    guard status == 0, bytes.count <= limit else {
      throw AuthError(
        .badConfiguration,
        bytes.count > limit
          ? "`!exec \(command)` printed more than \(limit) bytes"
          : "`!exec \(command)` failed with exit status \(status)")
    }
    while bytes.last == UInt8(ascii: "\n") || bytes.last == UInt8(ascii: "\r") {
      bytes.removeLast()
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
