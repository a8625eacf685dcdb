internal import Core

/// The commands of a tool by class, and the options that change their class.
///
/// The commands of a class are lines of words. `state: list show` stands for `state list` and
/// `state show`, and `config: *` for `config` with anything or nothing after it.
struct CommandTable: Sendable {
  var none = ""
  var plan = ""
  var apply = ""
  /// Options that change the class of a command.
  var options: [OptionRule] = []
  /// Options without a value, without dashes, blanks between them.
  var switches = ""
  /// Options without a value that only single commands have.
  ///
  /// In front of the command a tool made with cobra does not know them, and takes the next word for
  /// their value: `kubectl -A events delete` deletes.
  var commandSwitches = ""
  /// Commands whose further words are a program of any kind and its options, in the same lines as
  /// the commands of a class.
  var programs = ""
  /// Options whose value may be the next word.
  var valued = ""
  /// Verbs that only read; one that ends with a dash stands for all that start so.
  var readingVerbs = ""
  /// Verbs that change something, in the same way.
  var changingVerbs = ""

  /// A command that was found in a table.
  struct Match {
    /// Its words.
    var path: [String] = []
    /// `nil` when there is no such command.
    var commandClass: CommandClass?
    /// Whether it only has commands below it and no meaning of its own.
    var isGroup = false
  }

  /// The longest command that `words` start with.
  func match(_ words: [String]) -> Match {
    let index = TableIndex(self)
    var result = Match()
    for word in words {
      let key = (result.path + [word]).text(joinedBy: " ")
      let isGroup = index.groups.contains(key)
      guard index.classes[key] != nil || isGroup else { break }
      result.path.append(word)
    }
    let key = result.path.text(joinedBy: " ")
    let hasMore = words.count > result.path.count
    result.isGroup = index.groups.contains(key)
    // A word under a group that is not in the table is a command that is not known.
    result.commandClass =
      result.isGroup && hasMore
      ? index.classes[key + " *"] : index.classes[key] ?? index.classes[key + " *"]
    return result
  }

  /// Whether `words` start with a command that runs the program which follows it.
  ///
  /// What stands there belongs to that program, `--help` included.
  func runsProgram(_ words: [String], _ match: Match) -> Bool {
    words.count > match.path.count
      && CommandTable(apply: programs).match(match.path).commandClass != nil
  }

  /// Whether a word is a verb that only reads.
  func isReading(_ word: String) -> Bool { Self.contains(readingVerbs, word) }
  /// Whether a word is known as a verb that changes something.
  func isChanging(_ word: String) -> Bool { Self.contains(changingVerbs, word) }

  private static func contains(_ verbs: String, _ word: String) -> Bool {
    verbs.words.contains { $0.hasSuffix("-") ? word.hasPrefix($0) : word == $0 }
  }

  /// Whether a group of gcloud has commands which only read.
  ///
  /// Looked for among the bytes: to hash hundreds of words to find three takes a millisecond.
  static func isGcloudGroup(_ name: String) -> Bool {
    var groups = gcloudGroups
    return groups.withUTF8 { text in
      text.split(separator: UInt8(ascii: " ")).contains { $0.elementsEqual(name.utf8) }
    }
  }
  /// The options without a value.
  var switchNames: Set<String> { Set(switches.words.map(String.init)).union(lateNames) }
  /// Those of them that only single commands have.
  var lateNames: Set<String> { Set(commandSwitches.words.map(String.init)) }
  /// The options with one.
  var valuedNames: Set<String> { Set(valued.words.map(String.init)) }
}

extension StringProtocol where SubSequence == Substring {
  /// The words between blanks and line ends; by bytes, since a table is read for each command.
  fileprivate var words: [Substring] {
    parts { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }
  }

  /// The parts that are not empty.
  fileprivate func parts(_ isBetween: (UInt8) -> Bool) -> [Substring] {
    let text = self[startIndex...]
    return text.utf8.split(whereSeparator: isBetween).map { Substring($0) }
  }
}

/// A table that words can be looked up in.
private struct TableIndex {
  var classes: [String: CommandClass] = [:]
  var groups: Set<String> = []

  init(_ table: CommandTable) {
    add(table.none, .none)
    add(table.plan, .plan)
    add(table.apply, .apply)
  }

  private mutating func add(_ lines: String, _ commandClass: CommandClass) {
    for line in lines.parts({ $0 == UInt8(ascii: "\n") }) {
      var prefix = ""
      var words = line
      if let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")) {
        prefix = String(line[..<colon]) + " "
        words = line[line.utf8.index(after: colon)...]
        // Each group of a group is one as well.
        var group = ""
        for word in prefix.words {
          group += group.isEmpty ? String(word) : " \(word)"
          groups.insert(group)
        }
      }
      for word in words.words { classes[prefix + String(word)] = commandClass }
    }
  }
}

/// An option that changes the class of a command.
struct OptionRule: Sendable {
  /// The value that an option must have for a rule.
  enum Value: Sendable {
    /// None, or a word for yes.
    case on
    /// A word for no.
    case off
    /// One of these; an empty one stands for none.
    case words([String])
  }

  /// The commands that it is for, by their first words; none stands for all.
  var commands: [String]
  /// The option, without dashes.
  var names: [String]
  var value: Value
  var commandClass: CommandClass

  init(
    _ commands: [String], _ names: [String], _ value: Value = .on,
    makes commandClass: CommandClass
  ) {
    self.commands = commands
    self.names = names
    self.value = value
    self.commandClass = commandClass
  }

  func applies(to path: [String]) -> Bool {
    commands.isEmpty
      || commands.contains { path.starts(with: $0.split(separator: " ").map(String.init)) }
  }

  /// Whether an option is one of this rule's, or takes one back: `--no-dry-run`, or the start of it
  /// that a tool takes for the whole.
  func concerns(_ option: Option) -> Bool {
    names.contains(option.name)
      || option.name.hasPrefix("no-") && names.contains { "no-\($0)".hasPrefix(option.name) }
  }

  func matches(_ option: Option) -> Bool {
    guard names.contains(option.name) else { return false }
    switch value {
    case .on: return option.isOn
    case .off: return option.isOff
    case .words(let words): return words.contains(option.value ?? "")
    }
  }
}
