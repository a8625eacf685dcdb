/// The commands of a command keyring, each the words of one program call; no shell reads them.
public struct KeyringCommands: Sendable, Equatable {
  /// `spec.read`: prints an entry's value.
  public var read: [String]
  /// `spec.write`: stores the value on its standard input.
  public var write: [String]
  /// `spec.remove`: removes an entry.
  public var remove: [String]
  /// `spec.list`: prints the names of all entries, one a line.
  public var list: [String]

  /// Where each runs by its name, beside the file that says it.
  ///
  /// Others run in the working directory.
  public var directories: [String: String] = [:]

  /// What stands for the entry's name in a word; without it the name is the last word.
  public static let placeholder = "{key}"

  /// Creates commands; an empty one is missing.
  public init(
    read: [String] = [], write: [String] = [], remove: [String] = [], list: [String] = []
  ) {
    self.read = read
    self.write = write
    self.remove = remove
    self.list = list
  }

  /// Sets the command that configuration files call `name` and where it runs; other names are
  /// ignored.
  public mutating func set(_ words: [String], for name: String, in directory: String? = nil) {
    directories[name] = directory
    switch name {
    case "read": read = words
    case "write": write = words
    case "remove": remove = words
    case "list": list = words
    default: break
    }
  }

  /// The four with the names they have in configuration files, in the order of these.
  public var all: [(name: String, words: [String])] {
    [("read", read), ("write", write), ("remove", remove), ("list", list)]
  }

  /// The words of a command for the entry `key`.
  static func words(_ command: [String], key: String) -> [String] {
    guard command.contains(where: { $0.contains(placeholder) }) else { return command + [key] }
    return command.map { word in
      var parts: [Substring] = []
      var rest = word[...]
      while let range = rest.firstRange(of: placeholder) {
        parts.append(rest[..<range.lowerBound])
        rest = rest[range.upperBound...]
      }
      return (parts + [rest]).joined(separator: key)
    }
  }
}
