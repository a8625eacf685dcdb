import CLibrary
import CShims
import Core

/// A file that others wrote before us and write after us, such as `$GITHUB_ENV`.
enum AppendedFile {
  /// Adds `text` at the end of `path`, which is created with mode 0600 when missing.
  ///
  /// - Throws: ``AuthError`` with code `system`; what was there stays.
  package static func append(_ text: String, to path: String) throws(AuthError) {
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path, errno) }
    let size = lseek(descriptor, 0, SEEK_END)
    let bytes = Array(text.utf8)
    var status = bytes.withUnsafeBytes { buffer in
      buffer.baseAddress.map { atmos_write(descriptor, $0, buffer.count) } ?? 0
    }
    // A full disk must not leave half of a variable for the next reader.
    if status != 0, size >= 0 { _ = ftruncate(descriptor, size) }
    if close(descriptor) != 0, status == 0 { status = -errno }
    guard status == 0 else { throw failure(path, -status) }
  }

  private static func failure(_ path: String, _ number: Int32) -> AuthError {
    AuthError(.system, "cannot write \(path): \(String(cString: strerror(number)))")
  }
}
