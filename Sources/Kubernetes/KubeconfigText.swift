import Core
package import Model

/// The text of a kubeconfig, of which single entries are changed in place: other entries, unknown
/// keys and comments stay as they are written.
///
/// A change is read again before it counts. If anything else than what was meant is different then,
/// nothing is changed.
package struct KubeconfigText {
  /// Why the text cannot be changed, after "it …".
  package struct Fault: Error {
    package var what: String

    package init(_ what: String) { self.what = what }
  }

  /// Reads YAML.
  package typealias Reader = (_ bytes: [UInt8]) -> (root: ConfigNode, faults: [Diagnostic])

  /// An entry of one of the lists.
  struct Item {
    var name: String
    var node: ConfigNode
    /// Its lines, from 0.
    var lines: Range<Int>
    /// The column of its dash, from 0.
    var indent: Int
  }

  private let read: Reader
  private(set) var root: ConfigNode
  private var lines: [Substring]

  /// Reads a text.
  init(_ bytes: [UInt8], read: @escaping Reader) throws(Fault) {
    self.read = read
    lines = try Self.lines(of: bytes)
    root = try Self.root(of: bytes, read)
  }

  /// The text as it is now.
  var bytes: [UInt8] { Array(lines.joined(separator: "\n").utf8) }

  private static func lines(of bytes: [UInt8]) throws(Fault) -> [Substring] {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Fault("is not UTF-8")
    }
    guard !text.hasPrefix("\u{FEFF}") else { throw Fault("begins with a byte order mark") }
    // By scalars: CR and LF together are one character.
    var lines: [Substring] = []
    var start = text.startIndex
    for index in text.unicodeScalars.indices where text.unicodeScalars[index] == "\n" {
      lines.append(text[start..<index])
      start = text.unicodeScalars.index(after: index)
    }
    return lines + [text[start...]]
  }

  private static func root(of bytes: [UInt8], _ read: Reader) throws(Fault) -> ConfigNode {
    let (root, faults) = read(bytes)
    if let fault = faults.first(where: { $0.severity == .error || $0.code == "duplicate-key" }) {
      let place = fault.mark.map { " (line \($0.line))" } ?? ""
      throw Fault("cannot be read: \(fault.message)\(place)")
    }
    guard !faults.contains(where: { $0.code == "several-documents" }) else {
      throw Fault("holds several documents")
    }
    switch root.content {
    case .null, .mapping: return root
    case .scalar, .sequence: throw Fault("is not a map")
    }
  }

  // MARK: Entries

  /// The entries of a list.
  func items(of section: String) throws(Fault) -> [Item] {
    guard let entry = root.entries.first(where: { $0.key == section }) else { return [] }
    switch entry.value.content {
    case .null: return []
    case .scalar, .mapping: throw Fault("has `\(section)` that is not a list")
    case .sequence(let elements):
      let end = self.end(of: entry)
      var items: [Item] = []
      for (index, element) in elements.enumerated() {
        let start = element.mark.line - 1
        let before = lines[start].prefix(element.mark.column - 1)
        guard before.trimmed == "-" else {
          throw Fault("has `\(section)` in braces or brackets, which are not changed")
        }
        let next = index + 1 < elements.count ? elements[index + 1].mark.line - 1 : end
        items.append(
          Item(
            name: element["name"]?.text ?? "", node: element,
            lines: start..<contentEnd(start, next), indent: before.prefix { $0 == " " }.count))
      }
      return items
    }
  }

  /// The line after a section.
  private func end(of entry: ConfigNode.Entry) -> Int {
    let later = root.entries.map { $0.mark.line - 1 }.filter { $0 > entry.mark.line - 1 }.min()
    return later ?? lines.count
  }

  /// The line after the last that is neither blank nor a comment.
  private func contentEnd(_ start: Int, _ end: Int) -> Int {
    var end = end
    while end > start + 1 {
      let text = lines[end - 1].trimmed
      guard text.isEmpty || text.hasPrefix("#") || text == "..." || text == "---" else { break }
      end -= 1
    }
    return end
  }

  /// Puts an entry in place of the one of its name, or at the end of the list.
  mutating func put(_ item: YAMLItem, in section: String) throws(Fault) {
    let items = try items(of: section)
    if let present = items.first(where: { $0.name == item.name }) {
      return try replace(present.lines, item.lines(indent: present.indent), touching: section)
    }
    if let last = items.last {
      let end = last.lines.upperBound
      return try replace(end..<end, item.lines(indent: last.indent), touching: section)
    }
    if let entry = root.entries.first(where: { $0.key == section }) {
      let line = entry.mark.line - 1
      let head = "\(section):"
      guard entry.mark.column == 1, lines[line].hasPrefix(head) else {
        throw Fault("has `\(section)` in braces, which are not changed")
      }
      let comment = Self.comment(lines[line].dropFirst(head.count))
      let rest = lines[line].dropFirst(head.count).trimmed.dropLast(comment.trimmed.count).trimmed
      guard ["", "[]", "null", "~"].contains(rest) else {
        throw Fault("has `\(section)` in a form that is not changed")
      }
      return try replace(
        line..<(line + 1), [head + comment] + item.lines(indent: 0), touching: section)
    }
    try append(["\(section):"] + item.lines(indent: 0), touching: section)
  }

  /// Removes the entry of a name.
  ///
  /// - Returns: Whether there was one.
  mutating func remove(_ name: String, from section: String) throws(Fault) -> Bool {
    let items = try items(of: section)
    guard let item = items.first(where: { $0.name == name }) else { return false }
    if items.count == 1, let entry = root.entries.first(where: { $0.key == section }) {
      let line = entry.mark.line - 1
      let head = "\(section):"
      guard item.lines.lowerBound > line, lines[line].hasPrefix(head) else {
        throw Fault("has `\(section)` in a form that is not changed")
      }
      let comment = Self.comment(lines[line].dropFirst(head.count))
      let between = lines[(line + 1)..<item.lines.lowerBound].map(Self.withoutEnding)
      try replace(
        line..<item.lines.upperBound, ["\(head) []\(comment)"] + between.map(String.init),
        touching: section)
      return true
    }
    try replace(item.lines, [], touching: section)
    return true
  }

  /// `current-context`; `nil` if there is none.
  var currentContext: String? { root["current-context"]?.text }

  /// Sets `current-context`.
  mutating func set(currentContext name: String) throws(Fault) {
    let head = "current-context:"
    let line = "\(head) \(YAMLItem.scalar(name))"
    guard let entry = root.entries.first(where: { $0.key == "current-context" }) else {
      return try append([line], touching: "current-context")
    }
    let place = entry.mark.line - 1
    guard entry.mark.column == 1, lines[place].hasPrefix(head) else {
      throw Fault("has `current-context` in a form that is not changed")
    }
    let comment = Self.comment(lines[place].dropFirst(head.count))
    try replace(place..<(place + 1), [line + comment], touching: "current-context")
    // The rest of a text on several lines would belong to it.
    guard currentContext == name else {
      throw Fault("has `current-context` in a form that is not changed")
    }
  }

  /// Writes another text for a value that stands on one line.
  ///
  /// - Returns: Whether that was possible; if not, nothing is changed.
  mutating func set(_ node: ConfigNode, to text: String, in section: String) -> Bool {
    let place = node.mark.line - 1
    guard node.text != nil, lines.indices.contains(place) else { return false }
    let before = lines[place].prefix(node.mark.column - 1)
    let comment = Self.comment(lines[place].dropFirst(before.count))
    let line = before + YAMLItem.scalar(text) + comment
    do throws(Fault) {
      try replace(place..<(place + 1), [String(line)], touching: section)
      return true
    } catch {
      return false
    }
  }

  // MARK: Lines

  /// The comment behind a value, with the blanks before it and without the line's ending.
  private static func comment(_ line: Substring) -> String {
    let text = withoutEnding(line)
    var rest = text.drop { $0 == " " || $0 == "\t" }
    if let quote = rest.first, quote == "\"" || quote == "'" { rest = behind(quote, rest) }
    for index in rest.indices where rest[index] == "#" {
      let blanks = text[..<index].reversed().prefix { $0 == " " || $0 == "\t" }.count
      if blanks > 0 { return String(repeating: " ", count: blanks) + text[index...] }
    }
    return ""
  }

  /// What follows a text in quotes.
  private static func behind(_ quote: Character, _ text: Substring) -> Substring {
    var rest = text.dropFirst()
    while let character = rest.popFirst() {
      if character == quote {
        guard quote == "'", rest.first == quote else { break }
        rest.removeFirst()
      } else if character == "\\", quote == "\"" {
        _ = rest.popFirst()
      }
    }
    return rest
  }

  private static func withoutEnding(_ line: Substring) -> Substring {
    line.last == "\r" ? line.dropLast() : line
  }

  private mutating func append(_ text: [String], touching section: String) throws(Fault) {
    var end = lines.count
    while end > 0, ["", "..."].contains(lines[end - 1].trimmed) { end -= 1 }
    try replace(end..<end, text, touching: section)
    if lines.last?.isEmpty == false { lines.append("") }
  }

  /// Exchanges lines, and makes sure that only one section is another one then.
  private mutating func replace(
    _ range: Range<Int>, _ text: [String], touching section: String
  ) throws(Fault) {
    let before = (lines, root)
    let ending = lines.first?.unicodeScalars.last == "\r" ? "\r" : ""
    lines.replaceSubrange(range, with: text.map { $0 + ending }.map { $0[...] })
    do throws(Fault) {
      root = try Self.root(of: bytes, read)
    } catch {
      (lines, root) = before
      throw Fault("could not be changed without harm")
    }
    let others = { (node: ConfigNode) in node.entries.filter { $0.key != section } }
    guard others(root).elementsEqual(others(before.1), by: { $0.isSame(as: $1) }) else {
      (lines, root) = before
      throw Fault("could not be changed without harm")
    }
  }
}
