import Core

/// The difference of two texts as `diff -u` shows it, for people.
struct UnifiedDiff {
  /// The header and the hunks, one line each, fit for a terminal; empty if nothing differs.
  package let lines: [String]

  private static let context = 3

  /// Compares two contents of `file`.
  ///
  /// - Parameters:
  ///   - old: The content before.
  ///   - new: The content after.
  ///   - file: The name in the head.
  ///   - hide: What is shown of a line; for lines that hold secrets.
  package init(_ old: [UInt8], _ new: [UInt8], file: String, hide: (String) -> String) {
    let (before, after) = (Self.lines(old), Self.lines(new))
    let edits = Self.edits(before, after)
    guard edits.contains(where: { $0.sign != " " }) else {
      lines = []
      return
    }
    let shown = DisplayText.sanitized(file)
    var result = ["--- \(shown)", "+++ \(shown)"]
    for hunk in Self.hunks(edits) {
      let part = edits[hunk]
      let firstOld = edits[..<hunk.lowerBound].count { $0.sign != "+" } + 1
      let firstNew = edits[..<hunk.lowerBound].count { $0.sign != "-" } + 1
      let (oldCount, newCount) = (part.count { $0.sign != "+" }, part.count { $0.sign != "-" })
      result.append(
        "@@ -\(oldCount == 0 ? firstOld - 1 : firstOld),\(oldCount) "
          + "+\(newCount == 0 ? firstNew - 1 : firstNew),\(newCount) @@")
      for edit in part {
        var text = edit.text
        let isWhole = text.hasSuffix("\n")
        if isWhole { text.removeLast() }
        result.append("\(edit.sign)\(DisplayText.sanitized(hide(text)))")
        if !isWhole { result.append("\\ No newline at end of file") }
      }
    }
    lines = result
  }

  private typealias Edit = LineDifference.Line

  // Lines keep their end; one Character may be both bytes of it, so it is cut on bytes.
  private static func lines(_ bytes: [UInt8]) -> [String] {
    var lines: [String] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let end = AWSConfigBlock.lineEnd(in: rest)
      let line = rest[..<(end?.lowerBound ?? rest.endIndex)]
      lines.append(String(decoding: line, as: UTF8.self) + (end == nil ? "" : "\n"))
      rest = rest[(end?.upperBound ?? rest.endIndex)...]
    }
    return lines
  }

  // What is the same at both ends is taken off first; the rest is small, or all new.
  private static func edits(_ old: [String], _ new: [String]) -> [Edit] {
    let head = zip(old, new).prefix { $0 == $1 }.count
    let limit = min(old.count, new.count) - head
    let tail = zip(old.reversed(), new.reversed()).prefix(limit).prefix { $0 == $1 }.count
    let (removed, added) = (old[head..<(old.count - tail)], new[head..<(new.count - tail)])
    var edits = old[..<head].map { Edit(sign: " ", text: $0) }
    if removed.count < 2000, added.count < 2000 {
      edits += LineDifference.lines(from: Array(removed), to: Array(added))
    } else {
      edits += removed.map { Edit(sign: "-", text: $0) } + added.map { Edit(sign: "+", text: $0) }
    }
    return edits + old[(old.count - tail)...].map { Edit(sign: " ", text: $0) }
  }

  private static func hunks(_ edits: [Edit]) -> [Range<Int>] {
    var hunks: [Range<Int>] = []
    for index in edits.indices where edits[index].sign != " " {
      let range = max(0, index - context)..<min(edits.count, index + context + 1)
      if let last = hunks.last, range.lowerBound <= last.upperBound {
        hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
      } else {
        hunks.append(range)
      }
    }
    return hunks
  }
}
