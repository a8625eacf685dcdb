import AWS
import Core

/// The part of a person's `~/.aws/config` that is ours: what stands between two marker lines, these
/// included.
struct AWSConfigBlock {
  /// The file's content around the part.
  package let before: ArraySlice<UInt8>
  /// Our part with its markers; empty if there is none.
  let content: ArraySlice<UInt8>
  package let after: ArraySlice<UInt8>

  private static let begin = "# atmos-auth begin"
  private static let end = "# atmos-auth end"

  /// Finds the part.
  ///
  /// - Parameters:
  ///   - bytes: The file's content.
  ///   - file: What the file is called, for errors.
  /// - Throws: ``AuthError`` with code `badConfiguration` when the markers are not exactly one
  ///   beginning and one end after it.
  package init(_ bytes: [UInt8], file: String) throws(AuthError) {
    var found: (line: Int, start: Int)?
    var end: Int?
    var line = 0
    var start = 0
    func fault(_ text: String) -> AuthError {
      AuthError(
        .badConfiguration, "\(DisplayText.sanitized(file)):\(line): \(text)",
        hints: ["put the lines `\(Self.begin)` and `\(Self.end)` in order by hand, or delete them"])
    }
    while start < bytes.count {
      line += 1
      let next = Self.lineEnd(in: bytes[start...])?.upperBound ?? bytes.count
      switch Self.marker(bytes[start..<next]) {
      case .begin?:
        if let found {
          throw fault(
            end == nil
              ? "`\(Self.begin)` again, after line \(found.line) and no `\(Self.end)`"
              : "a second `\(Self.begin)`; the first is line \(found.line)")
        }
        found = (line, start)
      case .end?:
        guard found != nil else { throw fault("`\(Self.end)` without `\(Self.begin)` before it") }
        guard end == nil else { throw fault("a second `\(Self.end)`") }
        end = next
      case nil: break
      }
      start = next
    }
    guard let found else {
      before = bytes[...]
      content = []
      after = []
      return
    }
    guard let end else {
      line = found.line
      throw fault("`\(Self.begin)` without `\(Self.end)` after it")
    }
    before = bytes[..<found.start]
    content = bytes[found.start..<end]
    after = bytes[end...]
  }

  private enum Marker { case begin, end }

  private static func marker(_ line: ArraySlice<UInt8>) -> Marker? {
    let text = String(decoding: line, as: UTF8.self).trimmed
    if text == end || text.hasPrefix(end + " ") { return .end }
    return text == begin || text.hasPrefix(begin + " ") ? .begin : nil
  }

  /// The part as it is to be printed, with line feeds and one at its end.
  package static func text(_ profiles: [AWSProfile]) -> String {
    var result = "\(begin) (written by `atmos-auth aws-config`; changes are lost)\n"
    for profile in profiles { result += profile.text + "\n" }
    return result + "\(end)\n"
  }

  /// The file's content with `text` for our part, and every byte around it as it was.
  ///
  /// Lines end as those of the file do. A file without a line break at its end gets one before our
  /// part and none after it, by which ``removed`` knows to take it away again.
  package func replaced(by text: String) -> [UInt8] {
    let newline = newline
    var ours = text.utf8.flatMap { $0 == UInt8(ascii: "\n") ? newline : [$0] }
    if content.isEmpty {
      guard let last = before.last, !Self.isLineEnd(last) else { return before + ours }
      return before + newline + ours.dropLast(newline.count)
    }
    if let last = content.last, !Self.isLineEnd(last) { ours.removeLast(newline.count) }
    return before + ours + after
  }

  /// The file's content without our part.
  var removed: [UInt8] {
    var before = before
    if let last = content.last, !Self.isLineEnd(last),
      before.suffix(newline.count).elementsEqual(newline)
    {
      before.removeLast(newline.count)
    }
    return Array(before + after)
  }

  /// How the lines of the file end.
  ///
  /// A CR alone counts only where there is no LF: most tools do not take it for the end of a line.
  private var newline: [UInt8] {
    let parts = [before, content, after]
    for part in parts {
      if let end = part.firstIndex(of: UInt8(ascii: "\n")) {
        let isPair = end > part.startIndex && part[end - 1] == UInt8(ascii: "\r")
        return isPair ? Array("\r\n".utf8) : Array("\n".utf8)
      }
    }
    return parts.contains { $0.contains(UInt8(ascii: "\r")) }
      ? Array("\r".utf8) : Array("\n".utf8)
  }

  /// Where the first line ends: by LF, by CR and LF, or by CR alone as on old Macs.
  static func lineEnd(in bytes: ArraySlice<UInt8>) -> Range<Int>? {
    guard let start = bytes.firstIndex(where: isLineEnd) else { return nil }
    let next = start + 1
    let isPair =
      bytes[start] == UInt8(ascii: "\r") && next < bytes.endIndex
      && bytes[next] == UInt8(ascii: "\n")
    return start..<(isPair ? next + 1 : next)
  }

  private static func isLineEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r")
  }
}
