import Core

/// Our temporary files that were left behind by processes killed while writing.
enum Leftovers {
  /// Our directories and those below them; more than these were never seen.
  private static let directoryLimit = 10_000

  /// Removes those that are older than an hour.
  ///
  /// - Returns: How many there were.
  static func remove(_ paths: StatePaths, now: Instant) -> Int {
    var open = [
      paths.state, paths.cache, "\(paths.sharedCache)/auth", "\(paths.data)/keyring",
    ]
    var count = 0
    var visited = 0
    while let directory = open.popLast(), visited < directoryLimit {
      visited += 1
      count += FileSystem.removeLeftovers(in: directory, now: now)
      for name in (try? FileSystem.list(directory)).flatMap({ $0 }) ?? []
      where FileSystem.isDirectory("\(directory)/\(name)", follow: false) {
        open.append("\(directory)/\(name)")
      }
    }
    return count
  }
}
