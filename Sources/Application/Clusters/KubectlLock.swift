import Core

/// The lock that kubectl takes on a kubeconfig: a file beside it that exists for as long as somebody
/// changes it.
///
/// Source: k8s.io/client-go, `tools/clientcmd/config.go`, `lockFile`.
struct KubectlLock {
  private let path: String

  /// Takes the lock, after waiting two seconds at most.
  ///
  /// - Throws: ``AuthError`` with code `system` if somebody else has it, or it cannot be made.
  static func take(
    _ file: String, sleep: (Duration) async throws -> Void
  ) async throws(AuthError) -> KubectlLock {
    // Those who come by a link mean the file that it leads to.
    let path = (FileSystem.realPath(file) ?? file) + ".lock"
    try FileSystem.createDirectory(FileSystem.parent(of: path))
    for _ in 0..<20 {
      do throws(AuthError) {
        try FileSystem.create(path, [], mode: 0o600)
        return KubectlLock(path: path)
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
  func release() { _ = try? FileSystem.remove(path) }
}
