public import Core

/// Lines that are offered again the next time: one a line, the last one last, each once.
///
/// The file is replaced as a whole, mode 0600, under a lock, so that two at a time lose nothing of
/// each other.
public struct LineHistory: Sendable {
  private let path: String

  // What readline keeps, too.
  private static let longest = 1000

  /// Names the file; nothing is read or written yet.
  public init(path: String) {
    self.path = path
  }

  /// The lines there are; none when the file is missing or out of reach.
  public var lines: [String] {
    guard let bytes = try? FileSystem.readFile(path, limit: 1 << 22) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      .suffix(Self.longest)
  }

  /// Puts a line at the end, instead of an equal one.
  ///
  /// - Throws: ``AuthError`` with code `system`; what was there stays.
  public func append(_ line: String) throws(AuthError) {
    guard !line.isEmpty, !line.contains("\n") else { return }
    try FileLock.withLock("\(path).lock") { () throws(AuthError) in
      let kept = lines.filter { $0 != line }.suffix(Self.longest - 1) + [line]
      try FileSystem.writeAtomically(path, Array(kept.map { $0 + "\n" }.joined().utf8))
    }
  }
}
