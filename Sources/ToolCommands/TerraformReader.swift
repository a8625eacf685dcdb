import Core

/// Reads command lines of terraform and tofu.
///
/// Source: terraform's main.go and `CLI.processArgs` of hashicorp/cli. Both look for the command
/// before they look at any of its options, and put the words of `TF_CLI_ARGS` behind it.
struct TerraformReader {
  private let tool: String
  private let environment: [String: String]

  init(_ tool: String, _ environment: [String: String]) {
    self.tool = tool
    self.environment = environment
  }

  /// Reads the words after the program.
  func read(_ arguments: [String]) -> Reading {
    var (words, directory, isRefused) = withoutDirectory(arguments)
    // tofu's new command line, which terraform refuses.
    if tool == "tofu", isRefused { isRefused = false }
    var reading = line(words)
    if !environment.keys.contains(where: isVariable) {
      // Nearly always there is none.
    } else if let injected = withVariables(words) {
      let typed = reading
      reading = line(injected)
      let isChanged = typed.commandClass != reading.commandClass || typed.words != reading.words
      if isChanged {
        reading.raise("TF_CLI_ARGS changes what it does")
      } else if reading.approvesItself, !typed.approvesItself {
        reading.reason = "TF_CLI_ARGS keeps it from asking"
      }
    } else {
      reading.raise("TF_CLI_ARGS cannot be taken apart")
    }
    if isRefused {
      reading.raise("terraform is not known to take an option like that before its command")
    }
    reading.directory = directory
    return reading
  }

  /// Whether terraform looks for arguments in a variable of this name.
  private func isVariable(_ name: String) -> Bool {
    name == "TF_CLI_ARGS" || name.hasPrefix("TF_CLI_ARGS_")
  }

  // `-chdir=` stands in front of the command only.
  private func withoutDirectory(_ arguments: [String]) -> ([String], String?, Bool) {
    var words: [String] = []
    var directory: String?
    var isRefused = false
    var index = 0
    while index < arguments.count, arguments[index].hasPrefix("-") {
      let word = arguments[index]
      index += 1
      if word.hasPrefix("-chdir=") || word.hasPrefix("--chdir=") {
        isRefused = isRefused || directory != nil || word.hasPrefix("--")
        directory = Option(word: word).value
      } else if word == "-chdir" || word == "--chdir", index < arguments.count {
        isRefused = true
        directory = arguments[index]
        index += 1
      } else {
        words.append(word)
      }
    }
    return (words + arguments[index...], directory, isRefused)
  }

  // The line as terraform makes it from variables; `nil` when it cannot.
  private func withVariables(_ arguments: [String]) -> [String]? {
    let command = commandWords(arguments)
    let suffix = String(command.text(joinedBy: "_").map { $0 == "-" ? "_" : $0 })
    var words = arguments
    for name in ["TF_CLI_ARGS", "TF_CLI_ARGS_\(suffix)"] {
      guard let text = environment[name], !text.isEmpty else { continue }
      guard let extra = ShellWords.command(text, .shell) else { return nil }
      let place = words.firstIndex(of: command.last ?? "").map { $0 + 1 } ?? 0
      words.insert(contentsOf: extra, at: place)
    }
    return words
  }

  // The words of the command as the library finds them: up to the first that is empty, has a blank
  // or is an option.
  private func commandWords(_ arguments: [String]) -> [String] {
    guard let start = commandStart(arguments) else { return [] }
    let leading = Self.leadingWords(arguments[start...])
    let path = CommandTable.terraform.match(leading).path
    return path.isEmpty ? leading.first.map { [$0] } ?? [] : path
  }

  private func commandStart(_ arguments: [String]) -> Int? {
    for (index, word) in arguments.enumerated() {
      if word == "--" { return nil }
      if !word.isEmpty, !word.hasPrefix("-") { return index }
    }
    return nil
  }

  private static func leadingWords(_ arguments: ArraySlice<String>) -> [String] {
    Array(arguments.prefix { !$0.isEmpty && !$0.hasPrefix("-") && !$0.contains(" ") })
  }

  // What a line without `-chdir` and variables asks for.
  private func line(_ arguments: [String]) -> Reading {
    let questions = tool == "tofu" ? Self.withoutValues(arguments) : arguments
    if questions.contains(where: { ["-v", "-version", "--version"].contains($0) }) {
      return Reading(commandClass: .none, words: ["version"])
    }
    let beforeRest = questions.prefix { $0 != "--" }
    let asksForHelp = beforeRest.contains { ["-h", "-help", "--help"].contains($0) }
    guard let start = commandStart(arguments) else {
      let isHelp = asksForHelp || arguments.allSatisfy(\.isEmpty)
      let isSetUp = arguments.contains { Self.setUp.contains($0.drop { $0 == "-" }) }
      return isHelp || isSetUp ? Reading(commandClass: .none) : .refused(tool)
    }
    let match = CommandTable.terraform.match(Self.leadingWords(arguments[start...]))
    if asksForHelp { return Reading(commandClass: .none, words: match.path) }
    guard arguments[..<start].allSatisfy(\.isEmpty) else { return .refused(tool, match.path) }
    let rest = Array(arguments[start...].dropFirst(match.path.count))
    if match.isGroup, match.commandClass == nil, rest.isEmpty {
      return Reading(commandClass: .none, words: match.path)
    }
    guard let commandClass = match.commandClass else { return .unknown(tool, match.path) }
    return Self.command(match.path, commandClass, rest)
  }

  // The words that tofu's new command line can take for an option. terraform and the older tofu look
  // for `-version` in every word, also in a value and behind `--`.
  private static func withoutValues(_ arguments: [String]) -> [String] {
    let valued = CommandTable.terraform.valuedNames
    let words = arguments.prefix { $0 != "--" }
    return words.indices.filter { index in
      guard index > 0, Option.isOption(words[index - 1]) else { return true }
      let before = Option(word: words[index - 1])
      return before.value != nil || !valued.contains(before.name)
    }.map { words[$0] }
  }

  private static let setUp: Set<Substring> = ["install-autocomplete", "uninstall-autocomplete"]

  /// What a command asks for with these options and arguments.
  static func command(
    _ path: [String], _ commandClass: CommandClass, _ arguments: [String]
  ) -> Reading {
    let table = CommandTable.terraform
    let (options, positional) = options(arguments, table)
    // What asks for more counts wherever it stands.
    let others: [Option] = positional.filter { Option.isOption($0) }
      .map { Option(word: $0, isCertain: false) }
    let all: [Option] = options + others
    let commandClass = all.commandClass(path, commandClass, by: table)
    var reading = Reading(commandClass: commandClass, words: path)
    // After an option that is in no table, the word may be its value and not a file.
    let isFile = options.last.map { $0.value != nil || table.switchNames.contains($0.name) } ?? true
    reading.appliesSavedPlan = path == ["apply"] && !positional.isEmpty && isFile
    switch path.first {
    case "apply", "destroy": reading.approvesItself = options.isOn("auto-approve")
    case "force-unlock": reading.approvesItself = options.isOn("force")
    case "init": reading.approvesItself = options.isOn("force-copy")
    default: reading.approvesItself = true
    }
    return reading
  }

  // As Go's `flag` takes them: up to the first word that is none, or `--`.
  private static func options(
    _ arguments: [String], _ table: CommandTable
  ) -> ([Option], [String]) {
    let valued = table.valuedNames
    var options: [Option] = []
    var index = 0
    while index < arguments.count {
      let word = arguments[index]
      guard Option.isOption(word) else {
        if word == "--" { index += 1 }
        break
      }
      index += 1
      var option = Option(word: word)
      if option.value == nil, valued.contains(option.name), index < arguments.count {
        option.value = arguments[index]
        index += 1
      }
      options.append(option)
    }
    return (options, Array(arguments[index...]).filter { !$0.isEmpty })
  }
}
