internal import CLibrary

extension FileSystem {
  /// Removes one of our directories with everything in it; links are removed and never followed.
  ///
  /// - Returns: Whether there was one.
  /// - Throws: ``AuthError`` with code `system` if something stays.
  @discardableResult
  public static func removeTree(_ path: String) throws(AuthError) -> Bool {
    guard isDirectory(path, follow: false) else { return false }
    var rest = [path]
    var directories: [String] = []
    while let directory = rest.popLast() {
      directories.append(directory)
      for name in try list(directory) ?? [] {
        let child = "\(directory)/\(name)"
        if isDirectory(child, follow: false) {
          rest.append(child)
        } else {
          try remove(child)
        }
      }
    }
    for directory in directories.reversed() where rmdir(directory) != 0 && errno != ENOENT {
      throw failure("cannot remove", directory, -errno)
    }
    return true
  }
}
