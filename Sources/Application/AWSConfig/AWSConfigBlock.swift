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
      let next = bytes[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? bytes.count
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
    var ours = Array(text.utf8)
    if usesCarriageReturns {
      ours = ours.flatMap {
        $0 == UInt8(ascii: "\n") ? [UInt8(ascii: "\r"), UInt8(ascii: "\n")] : [$0]
      }
    }
    let newline: [UInt8] = Array(usesCarriageReturns ? "\r\n".utf8 : "\n".utf8)
    if content.isEmpty {
      guard let last = before.last, last != UInt8(ascii: "\n") else { return before + ours }
      return before + newline + ours.dropLast(newline.count)
    }
    if content.last != UInt8(ascii: "\n") { ours.removeLast(newline.count) }
    return before + ours + after
  }

  /// The file's content without our part.
  var removed: [UInt8] {
    var before = before
    if !content.isEmpty, content.last != UInt8(ascii: "\n"), before.last == UInt8(ascii: "\n") {
      before.removeLast()
      if usesCarriageReturns, before.last == UInt8(ascii: "\r") { before.removeLast() }
    }
    return Array(before + after)
  }

  private var usesCarriageReturns: Bool {
    for part in [before, content, after] {
      if let end = part.firstIndex(of: UInt8(ascii: "\n")) {
        return end > part.startIndex && part[end - 1] == UInt8(ascii: "\r")
      }
    }
    return false
  }
}
