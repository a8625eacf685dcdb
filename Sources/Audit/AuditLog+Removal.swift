internal import CLibrary
internal import CShims
internal import Core

extension AuditLog {
  /// The way of a line that says what was removed.
  static let removal = "removal"

  /// Removes the files whose lines are all older than is kept, once a line that says so is on the
  /// disk.
  ///
  /// A file is as old as the first line after it, which stays: that is what a verification can check.
  /// What fails is tried again when the next file is begun.
  ///
  /// - Parameters:
  ///   - state: Where the log is, right after the first line of a file.
  ///   - entry: That line.
  ///   - lastBegan: When the file before was begun.
  ///   - file: The file that was begun.
  ///   - key: The key file, whose lock this process has.
  func removeOld(
    _ state: inout AuditState, _ entry: AuditEntry, lastBegan: Instant, file: Int32, key: Int32
  ) {
    // A clock that was set ahead must not make everything old at once.
    guard let keep = rotation.keep,
      lastBegan.seconds(until: entry.time) <= keep + rotation.age,
      let files = (try? AuditFiles(directory))?.of(state.log)
    else { return }
    var (old, count) = (0, 0)
    for next in files.dropFirst() {
      guard next.first <= state.first, let line = next.firstLine,
        let time = AuditRecord(line)?.instant, time.seconds(until: entry.time) >= keep
      else { break }
      count += 1
      // Without the lines before, a line can be verified only if it begins with a key of its own.
      if !state.isSeeded || line.seedID != nil { old = count }
    }
    guard old > 0 else { return }
    var line = AuditEntry(time: entry.time, way: Self.removal)
    (line.process, line.user, line.host) = (entry.process, entry.user, entry.host)
    line.removed = files[old].first - 1
    line.removedCode = files[old - 1].lastLine.map { Hex.lowercase($0.code) }
    line.keep = keep
    guard (try? add(line, &state, nil, 0, to: file, key)) != nil, atmos_sync(file) == 0,
      atmos_sync(key) == 0
    else { return }
    for file in files.prefix(old) {
      guard unlink(file.path) == 0 else { return }
    }
  }
}
