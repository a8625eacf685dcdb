/// Reads command lines of the clouds' own tools, by their verbs, since they have thousands of
/// commands.
enum VerbReader {
  /// The AWS CLI: a service, an operation, and options anywhere.
  static func aws(_ arguments: [String], _ environment: [String: String]) -> Reading {
    let table = CommandTable.aws
    let line = MixedWords(
      arguments.map(awsOption), switches: table.switchNames, valued: table.valuedNames,
      hasLetters: false)
    var reading = read("aws", line, table, verbAt: 1)
    let isSkeleton = line.options.contains { $0.name == "generate-cli-skeleton" && $0.isCertain }
    // After an option that is in no table it may be that one's value.
    let asksForHelp =
      line.words.last == "help" && line.words.count <= 3 && line.wordsBeforeUnknown == nil
    if asksForHelp || isSkeleton || line.options.isOn("version") && line.words.isEmpty {
      reading = Reading(commandClass: .none, words: reading.words)
    }
    if let aliases = AWSAliases(home: environment["HOME"]), aliases.replace(line.words) {
      reading = Reading(
        commandClass: .apply, words: reading.words, approvesItself: true,
        reason: "it is an alias of ~/.aws/cli/alias, or that file cannot be read")
    }
    if letsEdit(arguments, line, environment) {
      reading.raise(
        "its auto-prompt can make any command of it; `--no-cli-auto-prompt` turns that off")
      reading.approvesItself = true
    }
    reading.identity = line.options.value("profile")
    return reading
  }

  // Whether the CLI may let a person edit the line before it runs it: awscli/autoprompt/core.py, which
  // compares words wherever they stand. `cli_auto_prompt` of ~/.aws/config has no effect, since
  // a tool that acts as an identity gets another file.
  private static func letsEdit(
    _ arguments: [String], _ line: MixedWords, _ environment: [String: String]
  ) -> Bool {
    let never = ["help", "--version", "--no-cli-auto-prompt"]
    if arguments.contains(where: never.contains) { return false }
    let variable = environment["AWS_CLI_AUTO_PROMPT"]?.lowercased()
    return line.options.contains { $0.name == "cli-auto-prompt" }
      || ["on", "on-partial"].contains(variable)
  }

  // The CLI takes the start of a global option for it when only one starts so.
  private static func awsOption(_ word: String) -> String {
    guard word.hasPrefix("--"), word.count > 2 else { return word }
    let option = Option(word: word)
    let table = CommandTable.aws
    let global = table.valuedNames.union(CommandTable.awsGlobalSwitches)
    guard !global.contains(option.name), !option.name.isEmpty else { return word }
    let whole = global.filter { $0.hasPrefix(option.name) }
    guard whole.count == 1, let name = whole.first else { return word }
    return "--" + name + (option.value.map { "=" + $0 } ?? "")
  }

  /// gcloud: groups, a verb, and what it works on.
  static func gcloud(_ arguments: [String]) -> Reading {
    let table = CommandTable.gcloud
    let line = MixedWords(
      arguments, switches: table.switchNames, valued: table.valuedNames, hasLetters: false)
    var words = line.words
    if let track = words.first, ["alpha", "beta", "preview"].contains(track) {
      words.removeFirst()
    }
    // What is worked on comes after the verb, and can have the name of one.
    var verb = words.indices.dropFirst().first {
      table.isReading(words[$0]) || table.isChanging(words[$0])
    }
    if let place = verb, table.isReading(words[place]),
      !words[..<place].allSatisfy(CommandTable.isGcloudGroup)
    {
      verb = nil
    }
    var reading = read("gcloud", line, table, words: words, verbAt: verb ?? words.count)
    // Behind a command `--version` is an option of that one: `app deploy --version 1`.
    let isVersion = line.words.isEmpty && line.options.isOn("version", "v")
    if isVersion || line.options.isOn("help", "h") { reading = Reading(commandClass: .none) }
    reading.identity = line.options.value("account", "configuration", "impersonate-service-account")
    return reading
  }

  /// az: groups and a verb; all else is options.
  static func az(_ arguments: [String]) -> Reading {
    let table = CommandTable.az
    let words = Array(arguments.prefix { !$0.hasPrefix("-") })
    var line = MixedWords(
      Array(arguments.dropFirst(words.count)), switches: table.switchNames,
      valued: table.valuedNames, hasLetters: false)
    // Its options come after the command, whatever their names are.
    if !words.isEmpty { line.wordsBeforeUnknown = nil }
    // Only as the first word; behind a command it is an option of that one.
    let isVersion = ["--version", "-v"].contains(arguments.first)
    if isVersion
      || line.options.contains(where: { ["help", "h"].contains($0.name) && $0.isCertain })
    {
      return Reading(commandClass: .none)
    }
    var reading = read("az", line, table, words: words, verbAt: words.count - 1)
    if words.first == "rest" {
      let isReading = methods(arguments).allSatisfy { ["get", "head"].contains($0.lowercased()) }
      reading = Reading(
        commandClass: isReading ? .plan : .apply, words: ["rest"], approvesItself: true)
    }
    return reading
  }

  // The values of `--method` of `az rest`. az takes the start of a long option for the whole, and a
  // value that stands right behind a letter.
  private static func methods(_ arguments: [String]) -> [String] {
    arguments.indices.compactMap { index in
      let word = arguments[index]
      let next = index + 1 < arguments.count ? arguments[index + 1] : ""
      if word.hasPrefix("--") {
        let option = Option(word: word)
        let isMethod = !option.name.isEmpty && "method".hasPrefix(option.name)
        return isMethod ? option.value ?? next : nil
      }
      guard word.hasPrefix("-m") else { return nil }
      let value = word.dropFirst(2)
      return value.isEmpty ? next : String(value.first == "=" ? value.dropFirst() : value)
    }
  }

  /// Reads what the table has, and by the verb otherwise.
  private static func read(
    _ tool: String, _ line: MixedWords, _ table: CommandTable, words: [String]? = nil,
    verbAt place: Int
  ) -> Reading {
    let words = words ?? line.words
    guard !words.isEmpty else {
      return line.options.isEmpty && line.rest == nil
        ? Reading(commandClass: .none) : .refused(tool)
    }
    if line.wordsBeforeUnknown == 0 { return .refused(tool) }
    let match = table.match(words)
    if let commandClass = match.commandClass, !match.path.isEmpty {
      // Of a service that is one class as a whole, the operation is part of the command.
      let isWhole = tool == "aws" && match.path.count == 1 && match.isGroup
      return Reading(
        commandClass: line.options.commandClass(match.path, commandClass, by: table),
        words: isWhole ? Array(words.prefix(2)) : match.path, approvesItself: true)
    }
    guard place >= 0, place < words.count else { return .unknown(tool, []) }
    let path = Array(words[...place])
    let isReading = table.isReading(words[place])
    return Reading(
      commandClass: line.options.commandClass(path, isReading ? .plan : .apply, by: table),
      words: path, approvesItself: true)
  }
}
