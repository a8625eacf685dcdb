internal import Core

/// Paths as text; nothing here looks at the disk.
enum PathText {
  /// `path` without `.`, `..` and doubled slashes, as Go's `filepath.Clean` leaves it.
  static func cleaned(_ path: String) -> String {
    let isAbsolute = path.utf8.first == UInt8(ascii: "/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      guard part == ".." else {
        parts.append(part)
        continue
      }
      if let last = parts.last, last != ".." {
        parts.removeLast()
      } else if !isAbsolute {
        parts.append(part)
      }
    }
    let joined = parts.text(joinedBy: "/")
    if isAbsolute { return "/\(joined)" }
    return joined.isEmpty ? "." : joined
  }

  /// `path` seen from `directory`, cleaned; absolute if `directory` is.
  static func absolute(_ path: String, from directory: String) -> String {
    cleaned(path.utf8.first == UInt8(ascii: "/") ? path : "\(directory)/\(path)")
  }

  /// `path` with a leading `~` replaced; other people's homes (`~jane`) stay as they are.
  static func expandingHome(_ path: String, home: String?) -> String {
    guard let home, !home.isEmpty, path == "~" || path.hasPrefix("~/") else { return path }
    return home + path.dropFirst()
  }

  /// The directories from `path` up to the root, `path` first.
  static func ancestors(of path: String) -> [String] {
    var result = [cleaned(path)]
    while let last = result.last, last != "/", last != "." {
      result.append(FileSystem.parent(of: last))
    }
    return result
  }

  /// The last component.
  static func lastComponent(_ path: String) -> Substring {
    path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
  }

  /// The text after the last dot of the last component, lower case; empty when there is none.
  static func fileExtension(_ path: String) -> String {
    let name = lastComponent(path)
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return "" }
    return name[name.index(after: dot)...].lowercased()
  }
}
