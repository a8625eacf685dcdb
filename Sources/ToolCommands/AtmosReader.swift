/// Reads command lines of atmos.
///
/// Commands and aliases that an `atmos.yaml` defines are not known here, so they count as
/// ``CommandClass/apply``.
struct AtmosReader {
  private let environment: [String: String]

  init(_ environment: [String: String]) {
    self.environment = environment
  }

  /// Reads the words after the program.
  func read(_ arguments: [String]) -> Reading {
    let table = CommandTable.atmos
    let line = AtmosLine(arguments)
    var reading = command(line, table)
    reading.directory =
      line.options.value("chdir", "C") ?? Self.value(environment["ATMOS_CHDIR"])
    reading.stack = line.options.value("stack", "s") ?? Self.value(environment["ATMOS_STACK"])
    reading.identity = line.options.value("identity", "i")
    return reading
  }

  private func command(_ line: AtmosLine, _ table: CommandTable) -> Reading {
    let asksForHelp = line.options.contains {
      ["help", "h"].contains($0.name) && $0.isCertain && $0.isOn
    }
    guard !line.words.isEmpty else {
      if asksForHelp || line.options.isOn("version", "v") { return Reading(commandClass: .none) }
      return Reading(
        commandClass: .apply, approvesItself: true, reason: "its menu offers every command")
    }
    // A short name of a command stands for it.
    var words = line.words
    if let whole = CommandTable.atmosShortNames[words[0]] { words[0] = whole }
    // `"state rm"` in one word is a command as well.
    let leading = words.prefix(2).flatMap { $0.split(separator: " ").map(String.init) }
    words = leading + words.dropFirst(2)
    if words.first == "ansible", words.dropFirst().first == "pb" { words[1] = "playbook" }
    let match = table.match(words)
    if asksForHelp, !table.runsProgram(words, match) { return Reading(commandClass: .none) }
    if match.isGroup, match.commandClass == nil, line.words.count == match.path.count,
      line.options.isEmpty, line.rest == nil
    {
      return Reading(commandClass: .none, words: match.path)
    }
    guard let commandClass = match.commandClass else {
      var reading = Reading.unknown("atmos", match.path)
      if match.path.isEmpty {
        reading.reason = "it is no command of atmos' own, so a checkout defines what it does"
      }
      return reading
    }
    if let count = line.wordsBeforeUnknown, count < match.path.count {
      return .refused("atmos", match.path)
    }
    var reading = Reading(commandClass: commandClass, words: match.path)
    reading.approvesItself = true
    reading.commandClass = line.options.commandClass(match.path, commandClass, by: table)
    if let type = match.path.first, Self.componentTypes.contains(type), match.path.count > 1 {
      reading.component = words.dropFirst(match.path.count).first
    }
    if match.path.first == "terraform" { addTerraform(&reading, line) }
    return reading
  }

  /// The kinds of components, whose commands name one.
  private static let componentTypes: Set<String> = [
    "terraform", "helmfile", "helm", "kubernetes", "packer", "ansible",
  ]

  private func addTerraform(_ reading: inout Reading, _ line: AtmosLine) {
    let command = Array(reading.words.dropFirst())
    // What reaches terraform: options that atmos does not know, and all after `--`.
    let rest = line.passedOn + (line.rest ?? [])
    let inner = TerraformReader("atmos", environment).read(command + rest)
    let plain = TerraformReader("atmos", [:]).read(command + rest)
    if inner != plain, inner.reason != nil, reading.commandClass > .none {
      reading.raise(inner.reason ?? "")
    }
    let known = CommandTable.terraform.match(command)
    if known.path == command, known.commandClass != nil, plain.reason == nil {
      reading.commandClass = max(reading.commandClass, plain.commandClass)
    }
    guard command == ["apply"] || command == ["destroy"] else { return }
    // A value of `--from-plan` is the file.
    let hasPlan = line.options.contains {
      ["from-plan", "planfile"].contains($0.name) && !$0.isOff
    }
    reading.appliesSavedPlan = command == ["apply"] && hasPlan
    let variable = environment["ATMOS_COMPONENTS_TERRAFORM_APPLY_AUTO_APPROVE"]
    reading.approvesItself =
      inner.approvesItself || command == ["apply"] && variable.map(Option.isYes) ?? false
  }

  private static func value(_ text: String?) -> String? {
    text.flatMap { $0.isEmpty ? nil : $0 }
  }
}
