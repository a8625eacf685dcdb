/// A command line in which options and other words are mixed, as cobra, argparse and terragrunt
/// take them.
struct MixedWords {
  /// The words that are neither options nor their values, up to `--`.
  var words: [String] = []
  var options: [Option] = []
  /// What stands after `--`; `nil` without one.
  var rest: [String]?
  /// How many of ``words`` stand before the first option that is in no table, if there is one.
  var wordsBeforeUnknown: Int?
  private let late: Set<String>

  /// Takes a line apart.
  ///
  /// - Parameters:
  ///   - arguments: The words after the program.
  ///   - switches: Options without a value.
  ///   - late: Those of `switches` that count as unknown in ``wordsBeforeUnknown``.
  ///   - valued: Options with one, in the same word after `=` or in the next.
  ///   - hasLetters: Whether a single dash has letters after it, the last with a value at once
  ///     (`-nprod`), or a name as two dashes have.
  init(
    _ arguments: [String], switches: Set<String>, late: Set<String> = [], valued: Set<String>,
    hasLetters: Bool
  ) {
    self.late = late
    var index = 0
    var isCertain = true
    while index < arguments.count {
      let word = arguments[index]
      index += 1
      if word == "--" {
        rest = Array(arguments[index...])
        return
      }
      guard Option.isOption(word) else {
        words.append(word)
        isCertain = true
        continue
      }
      if hasLetters, !word.hasPrefix("--") {
        isCertain = addLetters(
          word.dropFirst(), arguments, &index, switches, valued, isCertain: isCertain)
        continue
      }
      var option = Option(word: word, isCertain: isCertain)
      isCertain = true
      if option.value == nil, valued.contains(option.name), index < arguments.count {
        option.value = arguments[index]
        index += 1
      } else if !switches.contains(option.name), !valued.contains(option.name) {
        noteUnknown()
        // Whatever comes next may be its value.
        isCertain = option.value != nil
      } else if late.contains(option.name) {
        noteUnknown()
      }
      options.append(option)
    }
  }

  // Returns whether what follows stands for itself.
  private mutating func addLetters(
    _ letters: Substring, _ arguments: [String], _ index: inout Int, _ switches: Set<String>,
    _ valued: Set<String>, isCertain: Bool
  ) -> Bool {
    var letters = letters
    while let letter = letters.popFirst() {
      let name = String(letter)
      if valued.contains(name) {
        var value = String(letters.first == "=" ? letters.dropFirst() : letters)
        if letters.isEmpty, index < arguments.count {
          value = arguments[index]
          index += 1
        }
        options.append(Option(name: name, value: value, isCertain: isCertain))
        return true
      }
      guard letters.first != "=" else {
        options.append(
          Option(name: name, value: String(letters.dropFirst()), isCertain: isCertain))
        if !switches.contains(name) { noteUnknown() }
        return true
      }
      options.append(Option(name: name, value: nil, isCertain: isCertain))
      if !switches.contains(name) || late.contains(name) { noteUnknown() }
      if !switches.contains(name) { return false }
    }
    return true
  }

  private mutating func noteUnknown() {
    if wordsBeforeUnknown == nil { wordsBeforeUnknown = words.count }
  }
}

extension Option {
  init(name: String, value: String?, isCertain: Bool) {
    self.name = name
    self.value = value
    self.isCertain = isCertain
  }
}
