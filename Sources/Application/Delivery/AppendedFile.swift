import CLibrary
import CShims
import Core

/// A file that others wrote before us and write after us, such as `$GITHUB_ENV`.
enum AppendedFile {
  /// Who may read a file that something is added to.
  enum Readers {
    /// Anyone: there is nothing secret in what is added.
    case anyone
    /// The owner alone; the file of others' making is refused.
    case owner
    /// The owner alone from now on, as far as that can be: a CI runner made the file for this.
    case runner
  }

  /// Adds `text` at the end of `path`, which is created with mode 0600 when missing.
  ///
  /// Links are not followed, so that nobody can lead what is written elsewhere by putting one there.
  /// Those in `/dev`, such as `/dev/stdout`, are the system's.
  ///
  /// - Throws: ``AuthError`` with code `system`; what was there stays.
  package static func append(
    _ text: String, to path: String, for readers: Readers = .anyone
  ) throws(AuthError) {
    let isDevice = path.hasPrefix("/dev/") || path.hasPrefix("/proc/self/fd/")
    let descriptor = atmos_open_appending(path, isDevice ? 1 : 0)
    guard descriptor >= 0 else { throw failure(path, -descriptor) }
    var file = atmos_file()
    var status = atmos_stat_descriptor(descriptor, &file)
    if status == 0, file.mode & UInt32(S_IFMT) == UInt32(S_IFREG) {
      do throws(AuthError) {
        try narrow(descriptor, file, path, readers)
      } catch {
        close(descriptor)
        throw error
      }
    }
    let size = lseek(descriptor, 0, SEEK_END)
    let bytes = Array(text.utf8)
    if status == 0 {
      status = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map { atmos_write(descriptor, $0, buffer.count) } ?? 0
      }
    }
    // A full disk must not leave half of a variable for the next reader.
    if status != 0, size >= 0 { _ = ftruncate(descriptor, size) }
    if close(descriptor) != 0, status == 0 { status = -errno }
    guard status == 0 else { throw failure(path, -status) }
  }

  /// Makes sure that nobody reads a file who must not.
  private static func narrow(
    _ descriptor: Int32, _ file: atmos_file, _ path: String, _ readers: Readers
  ) throws(AuthError) {
    let shown = DisplayText.sanitized(path)
    if readers == .runner {
      if file.mode & 0o077 != 0 { _ = atmos_set_mode(descriptor, 0o600) }
      return
    }
    guard file.user == geteuid() || file.user == 0 else {
      throw AuthError(
        .system, "\(shown) is not written to: it belongs to another user",
        hints: ["name a file of your own"])
    }
    // A umask may take the owner's own rights away from a new file.
    if file.size == 0, file.mode & 0o077 == 0, file.mode & 0o600 != 0o600 {
      let status = atmos_set_mode(descriptor, 0o600)
      guard status == 0 else { throw failure(path, -status) }
    }
    if readers == .owner, file.mode & 0o077 != 0 {
      let command = ShellQuoting.typed(command: ["chmod", "600", path])
      throw AuthError(
        .system, "\(shown) is not written to: other users can read or write it, and this adds keys",
        hints: ["`\(command)` makes it yours alone"])
    }
  }

  private static func failure(_ path: String, _ number: Int32) -> AuthError {
    let shown = DisplayText.sanitized(path)
    guard number != ELOOP else {
      return AuthError(
        .system, "cannot write \(shown): it is a symbolic link, and those are not followed",
        hints: ["name the file that it leads to"])
    }
    return AuthError(.system, "cannot write \(shown): \(String(cString: strerror(number)))")
  }
}
