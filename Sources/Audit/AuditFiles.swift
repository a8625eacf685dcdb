internal import Core

/// The files of the logs in a directory.
struct AuditFiles {
  /// One of them.
  struct File {
    var path: String
    var log: UInt64
    /// The number of its first line.
    var first: UInt64
    /// Its bytes when it was looked at.
    var size: Int
  }

  /// In the order of their lines.
  let all: [File]

  /// Lists them; other files do not count.
  init(_ directory: String) throws(AuthError) {
    guard !FileSystem.exists(directory) || FileSystem.isDirectory(directory) else {
      throw AuthError(
        .system, "\(DisplayText.sanitized(directory)) is not a directory",
        hints: ["move it away; the audit log begins where it stands"])
    }
    all = (try FileSystem.list(directory) ?? []).compactMap { name in
      let bytes = Array(name.utf8)
      guard bytes.count == 39, name.hasSuffix(".jsonl"), bytes[16] == UInt8(ascii: "-"),
        let log = Hash.value(hex: bytes[..<16]), let first = Hash.value(hex: bytes[17..<33])
      else { return nil }
      let path = "\(directory)/\(name)"
      let size = FileSystem.stamp(path)?.size ?? 0
      return File(path: path, log: log, first: first, size: Int(clamping: size))
    }
  }

  /// The logs there are.
  var logs: [UInt64] {
    all.reduce(into: []) { logs, file in if logs.last != file.log { logs.append(file.log) } }
  }

  /// The files of one log.
  func of(_ log: UInt64) -> [File] { all.filter { $0.log == log } }
}

extension AuditFiles.File {
  /// Its first line; `nil` if that cannot be read.
  var firstLine: AuditLine? {
    guard let bytes = (try? FileSystem.readFile(path, limit: 1 << 30)) ?? nil else { return nil }
    return AuditLine(bytes.prefix { $0 != UInt8(ascii: "\n") })
  }

  /// Its last line; `nil` if that is not finished or cannot be read.
  var lastLine: AuditLine? {
    guard let bytes = (try? FileSystem.readFile(path, limit: 1 << 30)) ?? nil,
      bytes.last == UInt8(ascii: "\n")
    else { return nil }
    let lines = bytes.dropLast()
    let start = lines.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? lines.startIndex
    return AuditLine(lines[start...])
  }

  /// The lines that it had then, without their line breaks; the last one may not be finished.
  func lines() throws(AuthError) -> [(content: ArraySlice<UInt8>, isFinished: Bool)] {
    let bytes = (try FileSystem.readFile(path, limit: 1 << 30) ?? []).prefix(size)
    var lines: [(ArraySlice<UInt8>, Bool)] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      lines.append((rest[..<(end ?? rest.endIndex)], end != nil))
      rest = end.map { rest[($0 + 1)...] } ?? []
    }
    return lines
  }
}
