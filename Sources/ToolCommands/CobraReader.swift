/// Reads command lines of tools that are made with Go's cobra, and of those like them.
///
/// Options and words are mixed there, and options for all commands may stand before the command.
enum CobraReader {
  /// Reads a line by a table.
  private static func read(
    _ tool: String, _ arguments: [String], _ table: CommandTable
  ) -> (Reading, MixedWords) {
    let line = MixedWords(
      arguments, switches: table.switchNames, late: table.lateNames, valued: table.valuedNames,
      hasLetters: true)
    let match = table.match(line.words)
    func result(_ reading: Reading) -> (Reading, MixedWords) { (reading, line) }
    if table.runsProgram(line.words, match) {
      return result(Reading(commandClass: .apply, words: match.path, approvesItself: true))
    }
    if line.options.contains(where: { ["help", "h"].contains($0.name) && $0.isCertain && $0.isOn })
    {
      return result(Reading(commandClass: .none, words: match.path))
    }
    if line.words.isEmpty {
      let isPlain = line.rest == nil && line.wordsBeforeUnknown == nil
      return result(isPlain ? Reading(commandClass: .none) : .refused(tool))
    }
    if match.isGroup, match.commandClass == nil, line.words.count == match.path.count,
      line.options.isEmpty, line.rest == nil
    {
      return result(Reading(commandClass: .none, words: match.path))
    }
    guard let commandClass = match.commandClass else {
      return result(.unknown(tool, match.path))
    }
    if let count = line.wordsBeforeUnknown, count < match.path.count {
      return result(.refused(tool, match.path))
    }
    return result(
      Reading(
        commandClass: line.options.commandClass(match.path, commandClass, by: table),
        words: match.path, approvesItself: true))
  }

  static func kubectl(_ arguments: [String]) -> Reading {
    read("kubectl", arguments, .kubectl).0
  }

  static func helm(_ arguments: [String]) -> Reading {
    read("helm", arguments, .helm).0
  }

  static func helmfile(_ arguments: [String], _ environment: [String: String]) -> Reading {
    var (reading, line) = read("helmfile", arguments, .helmfile)
    let asks =
      line.options.isOn("interactive", "i")
      || environment["HELMFILE_INTERACTIVE"].map(Option.isYes) ?? false
    if asks { reading.approvesItself = false }
    return reading
  }

  /// pulumi takes each of its options from a variable as well.
  static func pulumi(_ arguments: [String], _ environment: [String: String]) -> Reading {
    var (reading, line) = read("pulumi", arguments, .pulumi)
    func isOn(_ name: String) -> Bool {
      let variable =
        "PULUMI_OPTION_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
      return environment[variable].map(Option.isYes) ?? false
    }
    // `do TYPE read`: what it does comes after what it does it to.
    // After an option that is in no table the word may be that one's value.
    if reading.words == ["do"], ["read", "list"].contains(line.words.dropFirst(2).first),
      line.wordsBeforeUnknown.map({ $0 > 2 }) ?? true
    {
      reading.commandClass = .plan
    }
    let variable = environment["PULUMI_SKIP_CONFIRMATIONS"].map(Option.isYes) ?? false
    reading.approvesItself =
      line.options.isOn("yes", "y") || line.options.isOn("skip-preview", "f") || variable
      || isOn("yes") || isOn("skip-preview")
    reading.appliesSavedPlan =
      [["up"], ["update"]].contains(reading.words) && line.options.value("plan") != nil
    reading.directory = line.options.value("cwd", "C") ?? environment["PULUMI_OPTION_CWD"]
    return reading
  }
}
