/// Paths as texts: nothing of the file system is looked at.
enum Paths {
  /// Without `.`, `..` and doubled slashes; as Go's `filepath.Clean`.
  static func clean(_ path: String) -> String {
    let isAbsolute = path.hasPrefix("/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == "..", let last = parts.last, last != ".." {
        parts.removeLast()
      } else if part != ".." || !isAbsolute {
        parts.append(part)
      }
    }
    let text = parts.joined(separator: "/")
    return isAbsolute ? "/\(text)" : text.isEmpty ? "." : text
  }

  /// The directory that a file is in.
  static func parent(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: Byte.slash) else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The last part.
  static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? (path.isEmpty ? "." : "/")
  }

  /// A path from a directory, unless it is absolute.
  static func absolute(_ path: String, from directory: String) -> String {
    clean(path.hasPrefix("/") ? path : "\(directory)/\(path)")
  }

  /// How to get from a directory to a path, both absolute.
  static func relative(_ path: String, to directory: String) -> String {
    var from = directory.split(separator: "/")[...]
    var to = path.split(separator: "/")[...]
    while let first = from.first, first == to.first {
      from.removeFirst()
      to.removeFirst()
    }
    let parts = from.map { _ in ".." } + to
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }
}
