import Core

/// The process that holds a file lock, to show a person whom they wait for.
public enum LockHolder {
  /// Such as `process 4711 (atmos-auth)`; `another process` where the system does not say.
  public static func description(_ path: String) -> String {
    #if os(Linux)
    if let number = processNumber(path) {
      let command = (try? FileSystem.readFile("/proc/\(number)/comm", limit: 64)) ?? nil
      let name = command.map { DisplayText.sanitized(String(decoding: $0, as: UTF8.self)) } ?? ""
      return name.isEmpty ? "process \(number)" : "process \(number) (\(name))"
    }
    #endif
    return "another process"
  }

  #if os(Linux)
  /// The number of the process, from `/proc/locks`.
  ///
  ///     12: FLOCK  ADVISORY  WRITE 4711 fe:01:262401 0 EOF
  ///
  /// is a line of that file. Lines with `->` are of those who wait too. Source: proc_locks(5).
  private static func processNumber(_ path: String) -> Int? {
    guard let inode = FileSystem.stamp(path)?.inode,
      let table = try? FileSystem.readFile("/proc/locks", limit: 1 << 20)
    else { return nil }
    for line in String(decoding: table, as: UTF8.self).split(separator: "\n") {
      let fields = line.split(separator: " ")
      guard fields.count >= 6, fields[1] == "FLOCK", fields[5].hasSuffix(":\(inode)") else {
        continue
      }
      return Int(fields[4])
    }
    return nil
  }
  #endif
}
