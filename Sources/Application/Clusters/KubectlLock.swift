import Core

/// The lock that kubectl takes on a kubeconfig: a file beside it that exists for as long as somebody
/// changes it.
///
/// Source: k8s.io/client-go, `tools/clientcmd/config.go`, `lockFile`.
struct KubectlLock {
  private var paths: [String] = []

  /// Takes the lock, after waiting two seconds at most.
  ///
  /// - Throws: ``AuthError`` with code `system` if somebody else has it, or it cannot be made.
  static func take(
    _ file: String, sleep: (Duration) async throws -> Void
  ) async throws(AuthError) -> KubectlLock {
    // kubectl takes that of the name it was given. Others come by the file's own name.
    var names = [file]
    if let real = FileSystem.realPath(file), real != file { names.append(real) }
    var lock = KubectlLock()
    for name in names {
      do throws(AuthError) {
        try await lock.take("\(name).lock", of: file, sleep)
      } catch {
        lock.release()
        throw error
      }
    }
    return lock
  }

  private mutating func take(
    _ path: String, of file: String, _ sleep: (Duration) async throws -> Void
  ) async throws(AuthError) {
    try FileSystem.createDirectory(FileSystem.parent(of: path))
    for _ in 0..<20 {
      do throws(AuthError) {
        try FileSystem.create(path, [], mode: 0o600)
        paths.append(path)
        return
      } catch {
        guard error.code == .usage else { throw error }
      }
      do { try await sleep(.milliseconds(100)) } catch { break }
    }
    throw AuthError(
      .system, "\(DisplayText.sanitized(file)) is locked by another program",
      hints: ["if none is running: `\(ShellQuoting.typed(command: ["rm", path]))`"])
  }

  /// Lets go of it.
  func release() {
    for path in paths { _ = try? FileSystem.remove(path) }
  }
}
