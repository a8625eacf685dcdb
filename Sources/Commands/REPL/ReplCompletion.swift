import Application
import Core
import LineEditor
import Programs

/// What fits at the cursor of a REPL's line.
struct ReplCompletion {
  private let surroundings: Surroundings
  private let system: System
  private let flags: ConfigurationFlags

  init(_ context: CommandContext) {
    surroundings = context.surroundings
    system = context.system
    flags = context.flags
  }

  /// What fits at the end of `line`, the text before the cursor.
  func completion(of line: String) -> LineCompletion {
    var line = line[...]
    while line.first == " " { line = line.dropFirst() }
    let typed = ShellWords(String(line))
    let words = typed.words
    let current = words.last ?? ""
    func quoted(_ text: String) -> String { typed.isQuoteOpen ? text : ShellWords.escaped(text) }
    if line.hasPrefix("!") {
      guard words.count == 1 else { return LineCompletion(takesFiles: true) }
      return LineCompletion(words: programs(String(current.dropFirst())).map { "!" + quoted($0) })
    }
    if words.first == "exec", words.count > 1, !current.hasPrefix("-") {
      let earlier = words.dropFirst().dropLast().filter { !$0.hasPrefix("-") }
      guard earlier.isEmpty else { return LineCompletion(takesFiles: true) }
      return LineCompletion(words: programs(current).map(quoted))
    }
    let context = CommandContext(
      surroundings, system: system, flags: flags, logs: LogSettings(level: .off))
    let (found, takesFiles) = CompletionAnswer(words: [], commands: ReplTable.all).words(
      after: ["atmos-auth"] + words, context)
    return LineCompletion(words: found.map(quoted), takesFiles: takesFiles)
  }

  /// The programs on `PATH` whose names begin with `prefix`; paths are files.
  private func programs(_ prefix: String) -> [String] {
    guard !prefix.isEmpty, !prefix.contains("/") else { return [] }
    var found: Set<String> = []
    for directory in (surroundings.environment["PATH"] ?? "").split(separator: ":") {
      let names = (try? FileSystem.list(String(directory))) ?? nil
      found.formUnion(
        (names ?? []).filter { name in
          name.hasPrefix(prefix)
            && (try? ProgramPath.find("\(directory)/\(name)", path: nil)) != nil
        })
    }
    return found.sorted()
  }
}
