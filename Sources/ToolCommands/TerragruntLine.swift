/// A command line of terragrunt, its own options taken out.
struct TerragruntLine {
  /// terragrunt's own options.
  private(set) var options: [Option] = []
  /// What remains for the command: its words and all options that are not terragrunt's.
  private(set) var remaining: [String] = []

  /// The words of ``remaining`` that are no options.
  var words: [String] { remaining.filter { !$0.hasPrefix("-") } }

  /// Takes a line apart.
  ///
  /// `--` ends terragrunt's options and not the search for its command.
  init(_ arguments: [String]) {
    let valued = CommandTable.terragrunt.valuedNames
    let switches = CommandTable.terragrunt.switchNames
    var index = 0
    while index < arguments.count {
      let word = arguments[index]
      index += 1
      if word == "--" {
        remaining += arguments[index...].filter { !$0.isEmpty }
        return
      }
      guard Option.isOption(word) else {
        if !word.isEmpty { remaining.append(word) }
        continue
      }
      var option = Option(word: word)
      if valued.contains(option.name) {
        if option.value == nil, index < arguments.count {
          option.value = arguments[index]
          index += 1
        }
        options.append(option)
      } else if switches.contains(option.name) {
        options.append(option)
      } else {
        remaining.append(word)
      }
    }
  }
}
