internal import CLibrary
internal import CShims

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

  /// Gives one of our directories another name, unless it is taken.
  ///
  /// - Returns: Whether it was there and has the name now.
  public static func moveDirectory(_ directory: String, to name: String) -> Bool {
    guard isDirectory(directory, follow: false), !exists(name) else { return false }
    return atmos_rename(directory, name) == 0
  }
}
