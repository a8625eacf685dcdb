/// A place in a configuration file, as editors count: both numbers start at 1.
public struct SourceMark: Sendable {
  /// What is the same for all that was read from one file, and for what one tag gave.
  ///
  /// Tens of thousands of marks share it, so that each of them is two words.
  fileprivate final class Origin: Sendable {
    let file: String
    /// See ``ConfigNode/expression``.
    let expression: String?

    init(_ file: String, _ expression: String?) {
      self.file = file
      self.expression = expression
    }
  }

  fileprivate let origin: Origin
  private let shortLine: UInt32
  private let shortColumn: UInt32

  /// The file's path as it is shown to people.
  public var file: String { origin.file }
  /// The line, from 1.
  public var line: Int { Int(shortLine) }
  /// The column in characters, from 1.
  public var column: Int { Int(shortColumn) }

  /// Creates a place; of numbers that no file reaches (2³² and more) the largest is kept.
  public init(file: String, line: Int, column: Int) {
    self.init(Origin(file, nil), line: line, column: column)
  }

  fileprivate init(_ origin: Origin, line: Int, column: Int) {
    self.origin = origin
    shortLine = UInt32(clamping: line)
    shortColumn = UInt32(clamping: column)
  }

  /// Another place in the same file.
  public func at(line: Int, column: Int) -> SourceMark {
    SourceMark(origin, line: line, column: column)
  }

  fileprivate func with(expression: String?) -> SourceMark {
    if expression == origin.expression { return self }
    return SourceMark(Origin(file, expression), line: line, column: column)
  }

  fileprivate func isInFile(of other: SourceMark) -> Bool {
    origin === other.origin || file == other.file
  }
}

extension SourceMark: Hashable {
  /// Whether it is the same place.
  public static func == (left: SourceMark, right: SourceMark) -> Bool {
    left.line == right.line && left.column == right.column && left.isInFile(of: right)
  }

  /// Feeds what ``==(_:_:)`` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(file)
    hasher.combine(shortLine)
    hasher.combine(shortColumn)
  }
}

/// A value of a configuration file that remembers where it was written.
///
/// Scalars stay text: whether `123456789012` is an account id or a number is for the field that
/// reads it to say, so an unquoted account id never loses its leading zeros.
public struct ConfigNode: Sendable {
  /// What a node holds.
  public enum Content: Sendable {
    /// Nothing, `~` or `null`.
    case null
    /// Text; `isQuoted` tells `"true"` from `true`.
    case scalar(String, isQuoted: Bool)
    /// A list.
    case sequence([ConfigNode])
    /// A map in the file's order, keys as written.
    case mapping([Entry])
  }

  /// One key of a map with its value.
  public struct Entry: Sendable {
    /// The key as written.
    public var key: String
    /// The value.
    public var value: ConfigNode {
      didSet { keepFile(of: oldValue) }
    }
    private let line: UInt32
    private let column: UInt32
    /// The file of the key where the value is from another one.
    ///
    /// Entries are copied all the time, by several threads. Without a file of their own to count the
    /// users of, they do not wait for each other.
    private var origin: SourceMark.Origin?

    /// Creates an entry.
    public init(key: String, mark: SourceMark, value: ConfigNode) {
      self.key = key
      self.value = value
      line = UInt32(clamping: mark.line)
      column = UInt32(clamping: mark.column)
      origin = mark.isInFile(of: value.mark) ? nil : mark.origin
    }

    /// Where the key stands.
    public var mark: SourceMark {
      SourceMark(origin ?? value.mark.origin, line: Int(line), column: Int(column))
    }

    private mutating func keepFile(of earlier: ConfigNode) {
      if origin == nil, !earlier.mark.isInFile(of: value.mark) { origin = earlier.mark.origin }
    }
  }

  /// One object for each value: nodes are handed around far more often than they are changed, and
  /// a copy counts one reference instead of one for each part.
  private final class Storage: Sendable {
    let content: Content
    let mark: SourceMark

    init(_ content: Content, _ mark: SourceMark) {
      self.content = content
      self.mark = mark
    }
  }

  private var storage: Storage

  /// Creates a node.
  public init(_ content: Content, mark: SourceMark, expression: String? = nil) {
    storage = Storage(content, mark.with(expression: expression))
  }

  /// What the node holds, YAML tags already carried out.
  public var content: Content {
    get { storage.content }
    set { storage = Storage(newValue, storage.mark) }
  }

  /// Where the node begins.
  public var mark: SourceMark {
    get { storage.mark }
    set { storage = Storage(storage.content, newValue.with(expression: expression)) }
  }

  /// The tag and argument as written (`!env AWS_KEY`), when the content came from one.
  ///
  /// Fingerprints use it instead of the content of a secret or a command's output.
  public var expression: String? {
    get { storage.mark.origin.expression }
    set { storage = Storage(storage.content, storage.mark.with(expression: newValue)) }
  }

  /// The value of a key, null or not; of two that differ by case only the one written like `key`.
  private func value(of key: String) -> ConfigNode? {
    // By index: copying entries to look at their keys would be most of the work.
    guard case .mapping(let entries) = storage.content else { return nil }
    var other: Int?
    for index in entries.indices.reversed() where Self.isSameKey(entries[index].key, key) {
      if entries[index].key == key { return entries[index].value }
      other = other ?? index
    }
    return other.map { entries[$0].value }
  }

  /// The value of a key, or `nil` if it is missing or null.
  ///
  /// Keys compare without case, as atmos reads them.
  public subscript(_ key: String) -> ConfigNode? {
    value(of: key).flatMap { $0.isNull ? nil : $0 }
  }

  /// The value at a path of two keys, or `nil` if one of them is missing or null.
  public subscript(_ key: String, _ next: String) -> ConfigNode? {
    value(of: key)?[next]
  }

  /// The value at a path of keys, or `nil` if one of them is missing or null.
  public subscript(_ path: String...) -> ConfigNode? {
    value(at: path)
  }

  /// The value at a path of keys, or `nil` if one of them is missing or null.
  public func value(at path: [String]) -> ConfigNode? {
    var node = self
    for key in path {
      guard let next = node.value(of: key) else { return nil }
      node = next
    }
    return node.isNull ? nil : node
  }
}

extension ConfigNode {
  /// The entries when the node is a map, else none.
  public var entries: [Entry] {
    if case .mapping(let entries) = content { entries } else { [] }
  }

  /// The elements when the node is a list, else none.
  public var elements: [ConfigNode] {
    if case .sequence(let elements) = content { elements } else { [] }
  }

  /// The text when the node is a scalar; `nil` for null, lists and maps.
  public var text: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// Whether the node is absent in all but form.
  public var isNull: Bool {
    if case .null = content { true } else { false }
  }

  /// Whether two keys are one to atmos, which compares them without case.
  ///
  /// Copies nothing as long as both are ASCII, as keys of configuration files are. Keys of different
  /// lengths are different: the few letters whose cases differ in length are in no key.
  @inlinable
  public static func isSameKey(_ left: String, _ right: String) -> Bool {
    guard left.utf8.count == right.utf8.count else { return false }
    if left == right { return true }
    // Most keys of one length already differ in their first letters.
    guard let a = left.utf8.first, let b = right.utf8.first, a | 0x20 == b | 0x20 || a | b >= 0x80
    else { return false }
    return isSameInAnotherCase(left, right)
  }

  @usableFromInline
  static func isSameInAnotherCase(_ left: String, _ right: String) -> Bool {
    var (a, b) = (left, right)
    return a.withUTF8 { a in
      b.withUTF8 { b in
        for (a, b) in zip(a, b) where a != b {
          guard a < 0x80, b < 0x80 else { return left.lowercased() == right.lowercased() }
          let isLetter = (0x61...0x7a).contains(a | 0x20)
          guard isLetter, a | 0x20 == b | 0x20 else { return false }
        }
        return true
      }
    }
  }

  /// A YAML 1.2 or Go boolean, however it is written; `nil` for anything else.
  public var bool: Bool? {
    switch text?.lowercased() {
    case "true", "yes", "on": true
    case "false", "no", "off": false
    default: nil
    }
  }
}
