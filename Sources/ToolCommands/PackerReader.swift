/// Reads command lines of packer, which uses terraform's library of old, without `-chdir` and
/// variables.
enum PackerReader {
  static func read(_ arguments: [String]) -> Reading {
    let table = CommandTable.packer
    // Taken out wherever it stands.
    let words = arguments.filter { $0 != "-machine-readable" && !$0.isEmpty }
    let beforeRest = words.prefix { $0 != "--" }
    guard let start = words.firstIndex(where: { !$0.hasPrefix("-") }) else {
      let isPlain = words.allSatisfy {
        ["h", "help", "v", "version"].contains($0.drop { $0 == "-" })
      }
      return isPlain ? Reading(commandClass: .none) : .refused("packer")
    }
    let leading = Array(words[start...].prefix { !$0.hasPrefix("-") && !$0.contains(" ") })
    let match = table.match(leading)
    if beforeRest.contains(where: { ["-h", "-help", "--help"].contains($0) }) {
      return Reading(commandClass: .none, words: match.path)
    }
    if beforeRest.prefix(start).contains(where: { ["-v", "-version", "--version"].contains($0) }) {
      return Reading(commandClass: .none, words: ["version"])
    }
    guard start == 0 else { return .refused("packer", match.path) }
    guard let commandClass = match.commandClass else { return .unknown("packer", match.path) }
    let line = MixedWords(
      Array(words.dropFirst(match.path.count)), switches: table.switchNames,
      valued: table.valuedNames, hasLetters: false)
    return Reading(
      commandClass: line.options.commandClass(match.path, commandClass, by: table),
      words: match.path, approvesItself: true)
  }
}
