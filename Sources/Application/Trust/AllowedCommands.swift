import Core

/// The commands that people let one configuration file run, and for which directories they did.
///
/// They go when the grant of their directory goes. Stored in one file for each configuration file:
/// its path, then a line for each command and directory, and the hash of these lines, which earlier
/// releases did not write. The file obeys the rules of a ``Core/Grant``'s, and whoever writes it holds
/// ``Core/TrustLock``.
struct AllowedCommands {
  private struct Entry: Hashable {
    var expression: ByteText
    var directory: ByteText
  }

  /// The configuration file.
  package let file: String
  private let path: String
  private var entries: Set<Entry> = []

  /// The commands as they are in the file.
  var expressions: Set<ByteText> { Set(entries.map(\.expression)) }

  /// Reads what was allowed for `file`; `nil` when its directory is not there.
  package init?(of file: String, _ paths: StatePaths) {
    guard let stamp = FileSystem.stamp(FileSystem.parent(of: file)) else { return nil }
    let name = Hash.hex(Hash.fnv1a(file.utf8))
    path = "\(paths.trustDirectory)/\(stamp.device)-\(stamp.inode)-\(name).commands"
    self.file = file
    // What was allowed for another file of that name does not count.
    if let stored = Self(stored: path), ByteText(stored.file) == ByteText(file) {
      entries = stored.entries
    }
  }

  private init?(stored path: String) {
    guard let bytes = FileSystem.readOwn(path, limit: 1 << 20) else { return nil }
    var lines = bytes.split(separator: UInt8(ascii: "\n"))[...]
    if let last = lines.last, last.starts(with: Self.end) {
      let hash = Hash.hex(Hash.fnv1a(bytes[..<last.startIndex]))
      guard last.dropFirst(Self.end.count).elementsEqual(hash.utf8) else { return nil }
      lines.removeLast()
    }
    guard let file = lines.first.flatMap({ Percent.decode($0) }) else { return nil }
    self.path = path
    self.file = file
    for line in lines.dropFirst() {
      let words = line.split(separator: UInt8(ascii: "\t")).compactMap { Percent.decode($0) }
      if words.count == 2 {
        entries.insert(
          Entry(expression: ByteText(words[0]), directory: ByteText(words[1])))
      }
    }
  }

  private static let end = Array("end\t".utf8)

  /// Everything that was allowed, for any file.
  package static func all(_ paths: StatePaths) throws(AuthError) -> [AllowedCommands] {
    let directory = paths.trustDirectory
    return (try FileSystem.list(directory) ?? []).filter { $0.hasSuffix(".commands") }
      .compactMap { AllowedCommands(stored: "\(directory)/\($0)") }
  }

  /// Adds commands that were allowed for a directory.
  mutating func insert(_ expressions: [String], for directory: String) {
    entries.formUnion(
      expressions.map {
        Entry(expression: ByteText($0), directory: ByteText(directory))
      })
  }

  /// Takes out what was allowed for directories that satisfy `isMeant`, and stores the rest.
  ///
  /// - Returns: Whether there was any.
  package mutating func remove(where isMeant: (_ directory: String) -> Bool) throws(AuthError)
    -> Bool
  {
    let rest = entries.filter { !isMeant($0.directory.text) }
    guard rest.count != entries.count else { return false }
    entries = rest
    try store()
    return true
  }

  /// Stores them; nothing stays of none.
  func store() throws(AuthError) {
    guard !entries.isEmpty else {
      try FileSystem.remove(path)
      return
    }
    let lines = entries.map {
      "\(Percent.encode($0.expression.text))\t\(Percent.encode($0.directory.text))"
    }
    let text = ([Percent.encode(file)] + lines.sorted()).joined(separator: "\n") + "\n"
    try FileSystem.writeAtomically(path, "\(text)end\t\(Hash.hex(Hash.fnv1a(text)))\n".utf8)
  }
}
