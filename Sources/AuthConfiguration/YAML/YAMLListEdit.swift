internal import Core
internal import Model

/// Changes a list of plain words in a YAML file of the person's; comments, order and all else stay as
/// they are written.
///
/// A change is read again before it counts. If anything but the list is different then, nothing is
/// changed.
public struct YAMLListEdit {
  /// Why the text cannot be changed, after "it …".
  public struct Fault: Error, Equatable {
    /// What keeps it from being changed.
    public var what: String

    init(_ what: String) { self.what = what }
  }

  private let path: [String]
  private var lines: [String]
  private let root: ConfigNode
  private let ending: String

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - bytes: What it holds.
  ///   - path: The keys that lead to the list, which need not be there.
  /// - Throws: ``Fault`` if it cannot be read.
  public init(_ bytes: [UInt8], path: [String]) throws(Fault) {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Fault("is not UTF-8") }
    self.path = path
    // By scalars: CR and LF together are one character.
    lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
      .map { String($0) }
    ending = lines.first?.unicodeScalars.last == "\r" ? "\r" : ""
    root = try Self.read(bytes)
  }

  private static func read(_ bytes: [UInt8]) throws(Fault) -> ConfigNode {
    let (root, faults) = ForeignYAML.read(bytes, file: "")
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

  /// The words that the list has.
  public var words: [String] { root[path].flatMap { $0.elements.compactMap(\.text) } ?? [] }

  /// The file with other words in the list: what stays keeps its place, and what is new is added at
  /// the end.
  public func setting(_ words: [String]) throws(Fault) -> [UInt8] {
    var edit = self
    try edit.change(to: words)
    let bytes = Array(edit.lines.joined(separator: "\n").utf8)
    let after: ConfigNode
    do throws(Fault) {
      after = try Self.read(bytes)
    } catch {
      throw Fault("could not be changed without harm")
    }
    let found = after[path].map { $0.elements.compactMap(\.text) } ?? []
    guard found == words, Self.isSame(root.without(path), after.without(path)) else {
      throw Fault("could not be changed without harm")
    }
    return bytes
  }

  private static func isSame(_ left: ConfigNode?, _ right: ConfigNode?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    return left.isSame(as: right)
  }

  private mutating func change(to words: [String]) throws(Fault) {
    // The deepest part of the path that is there.
    var node = root
    var entry: ConfigNode.Entry?
    for (depth, key) in path.enumerated() {
      guard let next = node.entries.first(where: { $0.key == key }) else {
        return try insert(words, below: entry, node, from: depth)
      }
      (node, entry) = (next.value, next)
    }
    guard let entry else { return }
    switch node.content {
    case .null: try fill(entry, words)
    case .sequence(let elements): try exchange(elements, of: node, words)
    case .scalar, .mapping: throw Fault("has `\(path.joined(separator: "."))` that is not a list")
    }
  }

  // MARK: No list yet

  private mutating func insert(
    _ words: [String], below entry: ConfigNode.Entry?, _ node: ConfigNode, from depth: Int
  ) throws(Fault) {
    guard !words.isEmpty else { return }
    var indent = 0
    var place = lines.count
    if let entry {
      place = entry.mark.line
      if let first = node.entries.first {
        guard first.mark.line > entry.mark.line else {
          throw Fault("has `\(entry.key)` in braces, which are not changed")
        }
        indent = first.mark.column - 1
      } else {
        guard case .null = node.content, rest(of: entry).isEmpty else {
          throw Fault("has `\(entry.key)` in a form that is not changed")
        }
        indent = entry.mark.column - 1 + 2
      }
    } else {
      while place > 0, ["", "..."].contains(lines[place - 1].trimmed) { place -= 1 }
    }
    var text: [String] = []
    for (index, key) in path[depth...].enumerated() {
      let isLast = depth + index == path.count - 1
      text.append(
        String(repeating: " ", count: indent + 2 * index) + key + ":"
          + (isLast ? " \(Self.flow(words))" : ""))
    }
    lines.insert(contentsOf: text.map { $0 + ending }, at: place)
    if lines.last?.isEmpty == false { lines.append("") }
  }

  private static func flow(_ words: [String]) -> String { "[\(words.joined(separator: ", "))]" }

  /// What stands behind a key on its line, comments left out.
  private func rest(of entry: ConfigNode.Entry) -> String {
    let line = lines[entry.mark.line - 1].dropFirst(entry.mark.column - 1)
    let rest = line.dropFirst(entry.key.count).trimmed.drop { $0 == ":" }.trimmed
    return rest.hasPrefix("#") ? "" : rest
  }

  // `wrap:` with nothing behind it.
  private mutating func fill(_ entry: ConfigNode.Entry, _ words: [String]) throws(Fault) {
    guard !words.isEmpty else { return }
    let number = entry.mark.line - 1
    guard rest(of: entry).isEmpty,
      let colon = lines[number].dropFirst(entry.mark.column - 1).firstIndex(of: ":")
    else { throw Fault("has `\(entry.key)` in a form that is not changed") }
    lines[number].insert(
      contentsOf: " \(Self.flow(words))", at: lines[number].index(after: colon))
  }

  // MARK: A list

  private mutating func exchange(
    _ elements: [ConfigNode], of node: ConfigNode, _ words: [String]
  ) throws(Fault) {
    guard elements.allSatisfy({ $0.text != nil && $0.expression == nil }) else {
      throw Fault("has `\(path.joined(separator: "."))` that does not hold words only")
    }
    let number = node.mark.line - 1
    guard lines.indices.contains(number) else { throw Fault("could not be changed") }
    let line = lines[number]
    let start = line.index(line.startIndex, offsetBy: node.mark.column - 1)
    guard start < line.endIndex, line[start] == "[" else {
      return try exchangeLines(elements, words)
    }
    guard let end = line[start...].firstIndex(of: "]"),
      !line[start..<end].contains(where: { "\"'#".contains($0) })
    else {
      throw Fault("has `\(path.joined(separator: "."))` in a form that is not changed")
    }
    lines[number].replaceSubrange(start...end, with: Self.flow(words))
  }

  // One word a line, each behind a dash.
  private mutating func exchangeLines(
    _ elements: [ConfigNode], _ words: [String]
  ) throws(Fault) {
    let present = elements.compactMap(\.text)
    guard let last = elements.last else { throw Fault("could not be changed") }
    let numbers = elements.map { $0.mark.line - 1 }
    guard Set(numbers).count == numbers.count,
      zip(elements, numbers).allSatisfy({
        lines[$1].prefix($0.mark.column - 1).trimmed == "-"
      })
    else { throw Fault("has `\(path.joined(separator: "."))` in a form that is not changed") }
    let dash = lines[last.mark.line - 1].prefix(last.mark.column - 1)
    let added = words.filter { !present.contains($0) }.map { dash + $0 + ending }
    lines.insert(contentsOf: added.map { String($0) }, at: last.mark.line)
    for (element, number) in zip(elements, numbers).reversed()
    where !words.contains(element.text ?? "") {
      lines.remove(at: number)
    }
  }
}

extension ConfigNode {
  /// The node that keys lead to.
  fileprivate subscript(path: [String]) -> ConfigNode? {
    var node: ConfigNode? = self
    for key in path { node = node?.entries.first { $0.key == key }?.value }
    return node
  }

  /// It without the node that keys lead to, and without the maps that then hold nothing.
  fileprivate func without(_ path: [String]) -> ConfigNode? {
    guard let key = path.first else { return nil }
    guard case .mapping(let entries) = content else {
      if case .null = content { return nil }
      return self
    }
    let rest = entries.compactMap { entry -> Entry? in
      guard entry.key == key else { return entry }
      guard let value = entry.value.without(Array(path.dropFirst())) else { return nil }
      return Entry(key: entry.key, mark: entry.mark, value: value)
    }
    return rest.isEmpty ? nil : ConfigNode(.mapping(rest), mark: mark)
  }
}
