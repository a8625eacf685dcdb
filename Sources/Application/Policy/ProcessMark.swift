import CLibrary
import Core

/// A process, told from a later one that got its number.
struct ProcessMark: Equatable {
  /// Its number.
  var number: Int32
  /// When it started, in the kernel's own words, `-` where the system does not say; then `@` and the
  /// place where the number is its.
  var start: String

  /// Whether a process is still there.
  enum State: Equatable {
    case running
    case over
    /// It has its number on another machine or in another container, so it cannot be seen from here.
    case elsewhere
  }

  /// For how many seconds a process elsewhere is taken to be running: as long as the session of an
  /// `aws/user` lasts at most, from which a command renews its own.
  private static let longest: Int64 = 36 * 3600

  /// The process of a number; it keeps the mark when another program takes its place.
  init(_ number: Int32) {
    self.number = number
    start = "\(Self.start(of: number) ?? "-")@\(ProcessPlace.present.text)"
  }

  /// The mark in two fields of a record.
  init?(_ number: Substring, _ start: Substring) {
    guard let number = Int32(number), number > 0, !start.isEmpty else { return nil }
    self.number = number
    self.start = String(start)
  }

  /// Whether the process is still there, as far as that shows in a place.
  func state(from here: ProcessPlace = .present) -> State {
    let parts = start.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    // Earlier releases wrote no place.
    if parts.count == 2, let place = ProcessPlace(parts[1]), place != here {
      return place.machine == here.machine && place.boot != here.boot ? .over : .elsewhere
    }
    #if os(Linux)
    return Self.start(of: number).map { $0 == parts[0] } == true ? .running : .over
    #else
    return kill(number, 0) == 0 || errno == EPERM ? .running : .over
    #endif
  }

  /// Whether the process is still there, and seen from here.
  var isRunning: Bool { state() == .running }

  /// Whether nothing needs what is kept for the process any more; the file at `path` was written when it
  /// began.
  func isOver(since path: String, now: Instant) -> Bool {
    switch state() {
    case .running: return false
    case .over: return true
    case .elsewhere:
      guard let stamp = FileSystem.stamp(path) else { return true }
      return stamp.modified / 1_000_000_000 < now.secondsSince1970 - Self.longest
    }
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
