/// A command line of atmos, taken apart.
struct AtmosLine {
  /// The words that are neither options nor their values, up to `--`.
  private(set) var words: [String] = []
  /// atmos' own options.
  private(set) var options: [Option] = []
  /// Options with one dash and a long name, which terraform gets, and those with two that older
  /// versions hand on because they do not know them.
  private(set) var passedOn: [String] = []
  /// What stands after `--`, which terraform gets; `nil` without one.
  private(set) var rest: [String]?
  /// How many of ``words`` stand before the first option that is not known, if there is one.
  private(set) var wordsBeforeUnknown: Int?

  /// Takes a line apart.
  init(_ arguments: [String]) {
    let table = CommandTable.atmos
    let (valued, switches) = (table.valuedNames, table.switchNames)
    let terraform = CommandTable.terraform.valuedNames
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
        if !word.isEmpty { words.append(word) }
        isCertain = true
        continue
      }
      var option = Option(word: word, isCertain: isCertain)
      isCertain = true
      let next = index < arguments.count ? arguments[index] : nil
      if !word.hasPrefix("--"), option.name.count > 1 {
        passedOn.append(word)
        if option.value == nil, terraform.contains(option.name), let next {
          passedOn.append(next)
          index += 1
        }
        continue
      }
      if option.value == nil, valued.contains(option.name), let next,
        !CommandTable.atmosOptionalValues.contains(option.name) || !next.hasPrefix("-")
      {
        option.value = next
        index += 1
      } else if !valued.contains(option.name), !switches.contains(option.name) {
        if wordsBeforeUnknown == nil { wordsBeforeUnknown = words.count }
        isCertain = option.value != nil
        passedOn.append(word)
        if option.value == nil, terraform.contains(option.name), let next { passedOn.append(next) }
      }
      options.append(option)
    }
  }
}
