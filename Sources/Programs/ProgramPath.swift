internal import CLibrary

/// Where a program is, as a shell would find it.
public enum ProgramPath {
  /// The two ways in which a program cannot be started, and the exit statuses shells give them.
  public enum Missing: Error, Equatable {
    /// No such program: 127.
    case notFound
    /// It is there, but may not be run: 126.
    case notExecutable(String)
  }

  /// What to say of a program that was looked for and not found: it completes "the program …".
  public static func absence(of name: String) -> String {
    name.contains("/") ? "does not exist" : "is not on the PATH"
  }

  /// The path to run for `name`: itself when it holds a slash, else the first match in `path`.
  ///
  /// An empty element of `path` means the working directory (POSIX.1-2024, 8.3).
  ///
  /// - Parameters:
  ///   - name: The program, or a path of it.
  ///   - path: The directories, as `PATH` has them.
  ///   - isSkipped: What is passed by on the way, of what could be run.
  /// - Returns: The path.
  /// - Throws: ``Missing``.
  public static func find(
    _ name: String, path: String?, isSkipped: (_ path: String) -> Bool = { _ in false }
  ) throws(Missing) -> String {
    if name.contains("/") { return try checked(name) }
    var refused: String?
    let directories = (path ?? "/usr/local/bin:/usr/bin:/bin")
      .split(separator: ":", omittingEmptySubsequences: false)
    for directory in directories where !name.isEmpty {
      let candidate = directory.isEmpty ? "./\(name)" : "\(directory)/\(name)"
      do throws(Missing) {
        let found = try checked(candidate)
        if !isSkipped(found) { return found }
      } catch {
        if case .notExecutable = error { refused = refused ?? candidate }
      }
    }
    throw refused.map { .notExecutable($0) } ?? .notFound
  }

  private static func checked(_ path: String) throws(Missing) -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { throw .notFound }
    guard status.st_mode & S_IFMT != S_IFDIR, access(path, X_OK) == 0 else {
      throw .notExecutable(path)
    }
    return path
  }
}
