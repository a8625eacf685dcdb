import CLibrary
import Core

/// A process, told from a later one that got its number.
struct ProcessMark: Equatable {
  /// Its number.
  var number: Int32
  /// When it started, in the kernel's own words; `-` where the system does not say.
  var start: String

  /// The process of a number; it keeps the mark when another program takes its place.
  init(_ number: Int32) {
    self.number = number
    start = Self.start(of: number) ?? "-"
  }

  /// The mark in two fields of a record.
  init?(_ number: Substring, _ start: Substring) {
    guard let number = Int32(number), number > 0, !start.isEmpty else { return nil }
    self.number = number
    self.start = String(start)
  }

  /// Whether the process is still there.
  var isAlive: Bool {
    #if os(Linux)
    return Self.start(of: number) == start
    #else
    return kill(number, 0) == 0 || errno == EPERM
    #endif
  }

  /// The 22nd field of /proc/PID/stat; source: proc_pid_stat(5).
  ///
  /// The second field is the program's name in brackets, which may hold blanks and brackets.
  static func start(of number: Int32) -> String? {
    #if os(Linux)
    guard let bytes = try? FileSystem.readFile("/proc/\(number)/stat", limit: 4096),
      let end = bytes.lastIndex(of: UInt8(ascii: ")"))
    else { return nil }
    let fields = String(decoding: bytes[(end + 1)...], as: UTF8.self).split(separator: " ")
    // A process that has ended and was not waited for is over.
    guard fields.count > 19, fields[0] != "Z", fields[0] != "X" else { return nil }
    return String(fields[19])
    #else
    return nil
    #endif
  }
}
