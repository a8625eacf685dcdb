internal import Core
public import Model

/// Diagnostics as people and programs read them.
public struct DiagnosticReport: Sendable {
  /// Characters of a source line that are shown.
  private static let lineLimit = 160

  private let diagnostics: [Diagnostic]
  private let workingDirectory: String

  /// Creates a report; files below `workingDirectory` are shown relative to it.
  public init(_ diagnostics: [Diagnostic], workingDirectory: String) {
    self.diagnostics = diagnostics
    self.workingDirectory = workingDirectory
  }

  /// The report for a terminal: for each diagnostic its place, its sentence, the line it is about
  /// with a mark below, and what to do.
  ///
  /// Lines of files that cannot be read are left out; such files have diagnostics of their own.
  public func text() -> String {
    text { path in try? FileSystem.readFile(path) }
  }

  /// The report for a terminal, with files' bytes from `readFile`.
  func text(readFile: (_ path: String) -> [UInt8]?) -> String {
    var files: [String: SourceText] = [:]
    var text = ""
    for diagnostic in diagnostics {
      let place = diagnostic.mark.map { "\(shown($0.file)):\($0.line):\($0.column): " } ?? ""
      text +=
        "\(place)\(diagnostic.severity.rawValue): \(DisplayText.sanitized(diagnostic.message))\n"
      if let mark = diagnostic.mark {
        if files[mark.file] == nil { files[mark.file] = SourceText(readFile(mark.file) ?? []) }
        text += excerpt(files[mark.file], mark)
      }
      if let suggestion = diagnostic.suggestion {
        text += "  hint: \(DisplayText.sanitized(suggestion))\n"
      }
    }
    return text
  }

  private func shown(_ path: String) -> String {
    let prefix = workingDirectory.hasSuffix("/") ? workingDirectory : "\(workingDirectory)/"
    return DisplayText.sanitized(
      path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path)
  }

  private func excerpt(_ source: SourceText?, _ mark: SourceMark) -> String {
    guard let line = source?.line(mark.line) else { return "" }
    let number = String(mark.line)
    let characters = Array(line.unicodeScalars)
    // A long line is shown around the place.
    let column = min(max(mark.column - 1, 0), characters.count)
    let start = column > Self.lineLimit - 20 ? column - Self.lineLimit / 2 : 0
    let end = min(characters.count, start + Self.lineLimit)
    func shown(_ range: Range<Int>) -> String {
      DisplayText.sanitized(String(String.UnicodeScalarView(characters[range])))
    }
    let before = (start > 0 ? "…" : "") + shown(start..<min(column, end))
    let after = shown(min(column, end)..<end) + (end < characters.count ? "…" : "")
    let margin = String(repeating: " ", count: number.count)
    let indent = String(repeating: " ", count: before.unicodeScalars.count)
    return "  \(number) | \(before)\(after)\n  \(margin) | \(indent)^\n"
  }

  /// The report as a JSON array of objects with `severity`, `code`, `file`, `line`, `column`,
  /// `message` and `suggestion`; what is not known is null.
  public func json() -> String {
    let objects = diagnostics.map { diagnostic in
      func text(_ value: String?) -> String { value.map(JSONText.string) ?? "null" }
      let mark = diagnostic.mark
      return """
          {
            "severity": \(JSONText.string(diagnostic.severity.rawValue)),
            "code": \(JSONText.string(diagnostic.code)),
            "file": \(text(mark?.file)),
            "line": \(mark.map { String($0.line) } ?? "null"),
            "column": \(mark.map { String($0.column) } ?? "null"),
            "message": \(JSONText.string(diagnostic.message)),
            "suggestion": \(text(diagnostic.suggestion))
          }
        """
    }
    return objects.isEmpty ? "[]\n" : "[\n\(objects.joined(separator: ",\n"))\n]\n"
  }
}

/// The lines of a file as they may be shown: what follows a key that sounds secret is hidden.
struct SourceText {
  private let lines: [Substring]

  init(_ bytes: [UInt8]) {
    var text = String(decoding: bytes, as: UTF8.self)
    if text.unicodeScalars.first == "\u{feff}" { text.unicodeScalars.removeFirst() }
    lines = text.split(omittingEmptySubsequences: false) {
      $0 == "\n" || $0 == "\r\n" || $0 == "\r"
    }
  }

  /// Line `number`, from 1; `nil` if there is none or nothing on it.
  func line(_ number: Int) -> String? {
    guard lines.indices.contains(number - 1) else { return nil }
    let line = lines[number - 1]
    guard line.contains(where: { !$0.isWhitespace }) else { return nil }
    if holder(of: number - 1).map(Masking.isSensitive) ?? false {
      return "\(line.prefix { $0 == " " })***"
    }
    return Self.masked(line)
  }

  /// The key that a line without one belongs to: a line of a block of text, or an item of a list,
  /// or the `value` beside a `key` in `env`.
  private func holder(of index: Int) -> String? {
    let own = Self.key(lines[index])
    if let own, own != "value" { return nil }
    let depth = Self.depth(lines[index])
    for line in lines[..<index].reversed() where line.contains(where: { !$0.isWhitespace }) {
      if own == "value" {
        guard Self.depth(line) <= depth else { continue }
        guard Self.key(line) == "key" else { return nil }
        return line.split(separator: ":", maxSplits: 1).last.map { $0.trimmed }
      }
      if Self.depth(line) < depth, let key = Self.key(line) { return key }
    }
    return nil
  }

  /// Where the text of a line begins, the dash of a list item counted as blank.
  private static func depth(_ line: Substring) -> Int {
    line.prefix { $0 == " " || $0 == "-" }.count
  }

  private static func key(_ line: Substring) -> String? {
    let text = line.drop { $0 == " " || $0 == "-" }
    let key = text.prefix { $0.isLetter || $0.isNumber || "_-.\"'".contains($0) }
    let rest = text.dropFirst(key.count)
    guard !key.isEmpty, rest.first == ":" else { return nil }
    return key.filter { $0 != "\"" && $0 != "'" }
  }

  /// The line with the values of keys that sound secret replaced, also inside braces.
  private static func masked(_ line: Substring) -> String {
    var result = ""
    var rest = line
    var pairName: Substring?
    while let colon = rest.firstIndex(of: ":") {
      let before = rest[..<colon]
      let key = before.reversed().drop { $0 == "\"" || $0 == "'" }
        .prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" || $0 == "." }
      let name = String(key.reversed())
      let after = rest[rest.index(after: colon)...]
      let value = after.prefix { $0 != "," && $0 != "}" }
      result += rest[...colon]
      let isPair = name == "value" && pairName.map { Masking.isSensitive($0.trimmed) } ?? false
      if name == "key" { pairName = value }
      let isTag = value.trimmed.hasPrefix("!") || value.trimmed.isEmpty || value.trimmed == "{"
      if isPair || Masking.isSensitive(name), !isTag, !value.trimmed.hasPrefix("{") {
        result += " ***"
        rest = after.dropFirst(value.count)
      } else {
        rest = after
      }
    }
    return result + rest
  }
}
