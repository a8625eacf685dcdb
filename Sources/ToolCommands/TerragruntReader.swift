/// Reads command lines of terragrunt, in the spellings of today's and of older versions.
///
/// Source: internal/clihelper of terragrunt 1.1 and its tags from 0.69. Several versions can be
/// installed on one machine, so a word that any of them knows counts as that.
struct TerragruntReader {
  private let environment: [String: String]

  init(_ environment: [String: String]) {
    self.environment = environment
  }

  /// Reads the words after the program.
  func read(_ arguments: [String]) -> Reading {
    let line = TerragruntLine(arguments)
    var reading = command(line)
    reading.directory =
      line.options.value("working-dir", "terragrunt-working-dir")
      ?? value("TG_WORKING_DIR") ?? value("TERRAGRUNT_WORKING_DIR")
    if reading.commandClass > .none, isOn(line, "backend-bootstrap") {
      reading.raise("it may create the bucket and table of its state")
    }
    if isOn(line, "non-interactive", "terragrunt-non-interactive") { reading.approvesItself = true }
    // What `plan` with the same directory saved is applied, in each unit.
    if isForAllUnits(line), reading.words.last?.hasPrefix("apply") == true, hasPlans(line) {
      reading.appliesSavedPlan = true
    }
    return reading
  }

  /// The unit's file that is named in the words after the program.
  func file(_ arguments: [String]) -> String? {
    TerragruntLine(arguments).options.value("config", "terragrunt-config")
      ?? value("TG_CONFIG") ?? value("TERRAGRUNT_CONFIG")
  }

  /// Whether the words after the program are for all units of a directory, or may be.
  func isForAllUnits(_ arguments: [String]) -> Bool { isForAllUnits(TerragruntLine(arguments)) }

  private func hasPlans(_ line: TerragruntLine) -> Bool {
    let directory =
      line.options.value("out-dir", "terragrunt-out-dir")
      ?? value("TG_OUT_DIR") ?? value("TERRAGRUNT_OUT_DIR")
    return directory != nil
  }

  private func isForAllUnits(_ line: TerragruntLine) -> Bool {
    let first = line.words.first ?? ""
    return ["run-all", "stack", "graph"].contains(first)
      || CommandTable.terragruntOldWords[first] != nil
      || isOn(line, "all", "a", "graph", "filter-affected")
      || line.options.contains { ["filter", "filters-file"].contains($0.name) }
      || value("TG_FILTER") != nil || value("TG_FILTERS_FILE") != nil
  }

  private func command(_ line: TerragruntLine) -> Reading {
    if line.options.isOn("help", "h") || line.options.isOn("version", "v") {
      return Reading(commandClass: .none)
    }
    guard let first = line.words.first else {
      return line.remaining.isEmpty ? Reading(commandClass: .none) : .refused("terragrunt")
    }
    guard line.remaining.first == first else { return .refused("terragrunt") }
    let after = Array(line.remaining.dropFirst())
    switch first {
    case "run", "run-all", "graph":
      guard !after.isEmpty else {
        return Reading(commandClass: first == "graph" ? .plan : .none, words: [first])
      }
      return inner([first], after)
    case "stack" where after.first == "run":
      return inner(["stack", "run"], Array(after.dropFirst()))
    default: break
    }
    if let command = CommandTable.terragruntOldWords[first] {
      return inner([first], [command] + after, isHidden: true)
    }
    let match = CommandTable.terragrunt.match(line.words)
    // The next word may be the value of an option that is in no table.
    guard line.remaining.starts(with: match.path) else {
      return .refused("terragrunt", [first])
    }
    if let commandClass = match.commandClass {
      return Reading(
        commandClass: commandClass, words: match.path, approvesItself: true,
        reason: match.path == ["exec"] ? "it runs a program of any kind" : nil)
    }
    if match.isGroup {
      return line.words.count == match.path.count
        ? Reading(commandClass: .none, words: match.path) : .unknown("terragrunt", match.path)
    }
    // Shortcuts, and any word of terraform's in versions before 0.88.
    return inner([], line.remaining)
  }

  // What terraform is told. terragrunt takes the first word that is no option as the command, even
  // if it is the value of one, and drops all other words that are equal to it.
  private func inner(_ path: [String], _ words: [String], isHidden: Bool = false) -> Reading {
    guard let command = words.first(where: { !$0.hasPrefix("-") }) else {
      return .unknown("terragrunt", path)
    }
    var reading = TerraformReader("terragrunt", environment)
      .read([command] + words.filter { $0 != command })
    // It reads its files before it starts terraform, and they may call for credentials.
    if reading.commandClass == .none, reading.words != ["version"] { reading.commandClass = .plan }
    // An option that only a later version has may take the word for its value.
    if let before = words.prefix(while: { $0.hasPrefix("-") }).last.map({ Option(word: $0) }),
      before.value == nil, !CommandTable.terraform.switchNames.contains(before.name)
    {
      reading.raise(
        "there is an option before its command that terragrunt is not known to take there")
    }
    reading.words = isHidden ? path : path + reading.words
    return reading
  }

  // An option in the line replaces the variable.
  private func isOn(_ line: TerragruntLine, _ names: String...) -> Bool {
    if let option = line.options.last(where: { names.contains($0.name) }) { return option.isOn }
    return names.contains { name in
      let upper = name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
      let variable = name.hasPrefix("terragrunt-") ? upper : "TG_" + upper
      return environment[variable].map(Option.isYes) ?? false
    }
  }

  private func value(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }
}
