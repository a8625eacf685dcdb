internal import CLibrary
internal import CShims

/// What was left behind by processes killed while writing.
extension FileSystem {
  /// No write takes that long.
  private static let leftoverAge: Int64 = 3600

  /// Removes our temporary files that are older than an hour; never fails.
  ///
  /// - Parameters:
  ///   - directory: Where they are; directories below it are left alone.
  ///   - now: The time; `nil` for that of the system's clock.
  ///   - limit: How many names of the directory are looked at, about.
  /// - Returns: How many there were.
  @discardableResult
  public static func removeLeftovers(
    in directory: String, now: Instant? = nil, limit: Int = .max
  ) -> Int {
    guard let names = (try? list(directory, limit: limit)) ?? nil else { return 0 }
    var file = atmos_file()
    let seconds = now?.secondsSince1970 ?? atmos_now()
    var count = 0
    for name in names where isTemporary(name) {
      let found = "\(directory)/\(name)"
      guard atmos_stat_path(found, 0, &file) == 0, file.isRegular, file.user == geteuid() else {
        continue
      }
      if file.seconds < seconds - leftoverAge, removeUnwritten(found) { count += 1 }
    }
    return count
  }

  /// Removes a file unless a process is just writing it; see ``writeAtomically``.
  private static func removeUnwritten(_ path: String) -> Bool {
    let descriptor = atmos_open_reading(path, 0)
    guard descriptor >= 0 else { return atmos_unlink(path) == 0 }
    defer { close(descriptor) }
    return atmos_lock(descriptor, 0) == 0 && atmos_unlink(path) == 0
  }

  /// Whether a name is a dot, 16 hexadecimal digits, a dot, a number and `.tmp`.
  private static func isTemporary(_ name: String) -> Bool {
    let bytes = Array(name.utf8)
    guard bytes.count > 22, bytes.first == UInt8(ascii: "."), bytes[17] == UInt8(ascii: "."),
      name.hasSuffix(".tmp")
    else { return false }
    return bytes[1..<17].allSatisfy { isDigit($0) || (0x61...0x66).contains($0) }
      && bytes[18..<(bytes.count - 4)].allSatisfy(isDigit)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
