/// An option as it stands in a command line.
struct Option: Equatable {
  /// Its name without dashes.
  var name: String
  /// What stands after `=`, or the word after it.
  var value: String?
  /// Whether it cannot be the value of an option before it.
  ///
  /// Only then may it make a command ask for less.
  var isCertain = true

  /// Whether a switch is on.
  var isOn: Bool { value.map(Self.isYes) ?? true }
  /// Whether a switch is off.
  var isOff: Bool {
    value.map { ["0", "f", "F", "false", "FALSE", "False"].contains($0) } ?? false
  }

  /// Whether a text is a word for yes, as Go's `strconv.ParseBool` has them.
  static func isYes(_ text: String) -> Bool {
    ["1", "t", "T", "true", "TRUE", "True"].contains(text)
  }

  /// An option from a word that starts with a dash, without a value of its own word.
  init(word: String, isCertain: Bool = true) {
    let bare = word.drop { $0 == "-" }
    if let equals = bare.firstIndex(of: "=") {
      name = String(bare[..<equals])
      value = String(bare[bare.index(after: equals)...])
    } else {
      name = String(bare)
    }
    self.isCertain = isCertain
  }

  /// Whether a word is one or several options.
  static func isOption(_ word: String) -> Bool {
    word.hasPrefix("-") && word != "-" && word != "--"
  }
}

extension [Option] {
  /// The last one of these names; its value counts.
  func last(_ names: String...) -> Option? { last { names.contains($0.name) } }

  /// The value of the last one of these names; an empty one is none.
  func value(_ names: String...) -> String? {
    guard let value = last(where: { names.contains($0.name) })?.value, !value.isEmpty else {
      return nil
    }
    return value
  }

  /// Whether a switch of one of these names is on.
  func isOn(_ names: String...) -> Bool {
    last { names.contains($0.name) }?.isOn ?? false
  }

  /// The class that these options make of a command's own.
  ///
  /// What asks for more counts in any place. What asks for less counts where it can only be meant
  /// as that, as the last of its name.
  func commandClass(
    _ path: [String], _ commandClass: CommandClass, by table: CommandTable
  ) -> CommandClass {
    var result = commandClass
    let rules = table.options.filter { $0.applies(to: path) }
    for rule in rules where rule.commandClass < result {
      guard let option = last(where: { rule.concerns($0) }) else { continue }
      if option.isCertain, rule.matches(option) { result = rule.commandClass }
    }
    for rule in rules where rule.commandClass > result && contains(where: rule.matches) {
      result = rule.commandClass
    }
    return result
  }
}
