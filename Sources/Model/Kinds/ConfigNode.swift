/// A place in a configuration file, as editors count: both numbers start at 1.
public struct SourceMark: Hashable, Sendable {
  /// The file's path as it is shown to people.
  public var file: String
  /// The line, from 1.
  public var line: Int
  /// The column in characters, from 1.
  public var column: Int

  /// Creates a place.
  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
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
    private let line: Int
    private let column: Int
    /// The file of the key where the value is from another one.
    ///
    /// Entries are copied all the time, by several threads. Without a name of their own to count the
    /// users of, they do not wait for each other.
    private var file: String?

    /// Creates an entry.
    public init(key: String, mark: SourceMark, value: ConfigNode) {
      self.key = key
      self.value = value
      line = mark.line
      column = mark.column
      file = mark.file == value.mark.file ? nil : mark.file
    }

    /// Where the key stands.
    public var mark: SourceMark {
      SourceMark(file: file ?? value.mark.file, line: line, column: column)
    }

    private mutating func keepFile(of earlier: ConfigNode) {
      if file == nil, earlier.mark.file != value.mark.file { file = earlier.mark.file }
    }
  }

  /// One object for each value: nodes are handed around far more often than they are changed, and
  /// a copy counts one reference instead of one for each part.
  private final class Storage: Sendable {
    let content: Content
    let mark: SourceMark
    let expression: String?

    init(_ content: Content, _ mark: SourceMark, _ expression: String?) {
      self.content = content
      self.mark = mark
      self.expression = expression
    }
  }

  private var storage: Storage

  /// Creates a node.
  public init(_ content: Content, mark: SourceMark, expression: String? = nil) {
    storage = Storage(content, mark, expression)
  }

  /// What the node holds, YAML tags already carried out.
  public var content: Content {
    get { storage.content }
    set { storage = Storage(newValue, storage.mark, storage.expression) }
  }

  /// Where the node begins.
  public var mark: SourceMark {
    get { storage.mark }
    set { storage = Storage(storage.content, newValue, storage.expression) }
  }

  /// The tag and argument as written (`!env AWS_KEY`), when the content came from one.
  ///
  /// Fingerprints use it instead of the content of a secret or a command's output.
  public var expression: String? {
    get { storage.expression }
    set { storage = Storage(storage.content, storage.mark, newValue) }
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
    left.utf8.count == right.utf8.count && (left == right || isSameInAnotherCase(left, right))
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
