internal import Core
internal import Crypto
internal import Model

/// The files of a checkout that words of its commands name, with their content: whoever changes a
/// script changes what was allowed.
///
/// Words are looked up beside the file that says the command, and in directories that other words of
/// the command name (`cd scripts && ./role.sh`). What a script itself runs is not looked at.
struct ProgramFiles: Sendable {
  /// A command, and the file that says it.
  struct Command: Hashable, Sendable {
    var words: [String]
    var file: String
  }

  /// Bytes of a file that are read; of a larger one its stamp counts.
  private static let sizeLimit: Int64 = 1 << 20

  private var found: [Command: [String]] = [:]

  /// The files that words of a command name, a line for each: the word, and what stands for the
  /// content.
  func lines(of commands: @autoclosure () -> [Command]) -> [String] {
    // Nearly every configuration has none.
    guard found.contains(where: { !$0.value.isEmpty }) else { return [] }
    var seen: Set<String> = []
    return commands().flatMap { found[$0] ?? [] }.filter { seen.insert($0).inserted }
  }

  /// Looks at the files of commands, which count as read for the configuration, also for its limits.
  ///
  /// `roots` are the directories of the checkout; only files below them count, and those below the
  /// directory of the file that says the command.
  mutating func look(
    for commands: [Command], below roots: [String], home: String?, _ log: InputLog
  ) {
    for command in commands where found[command] == nil {
      let place = FileSystem.parent(of: command.file)
      var bases = [place]
      var lines: [String] = []
      for word in FileWords.inside(command.words).compactMap(Self.name) {
        for base in bases {
          guard log.budget.spend(.names, for: command.file) else { return }
          let path = PathText.cleaned(
            PathText.absolute(PathText.expandingHome(word, home: home), from: base))
          let root = (roots + [place]).first { Self.isBelow(path, $0) }
          guard let root else { continue }
          if FileSystem.isDirectory(path) {
            if !bases.contains(path) { bases.append(path) }
            continue
          }
          if let content = Self.content(of: path, log) {
            // The same in every clone.
            let shown = String(decoding: path.utf8.dropFirst(root.utf8.count + 1), as: UTF8.self)
            lines.append("file \(shown) = \(content)")
          }
        }
      }
      found[command] = lines
    }
  }

  // The file that a word may name: itself, or the value of an option.
  private static func name(_ word: String) -> String? {
    var word = word[...]
    if word.hasPrefix("-") {
      guard let sign = word.firstIndex(of: "=") else { return nil }
      word = word[word.index(after: sign)...]
    }
    return word.isEmpty || word.utf8.count > 4096 || word.contains("://") ? nil : String(word)
  }

  private static func isBelow(_ path: String, _ directory: String) -> Bool {
    path.utf8.starts(with: "\(directory == "/" ? "" : directory)/".utf8)
  }

  // One that is not there is noted as well: it may come.
  private static func content(of path: String, _ log: InputLog) -> String? {
    if let stamp = FileSystem.stamp(path), stamp.size > sizeLimit {
      log.note(path)
      return "stamp \(stamp.text)"
    }
    guard let bytes = (try? log.read(path)).flatMap({ $0 }) else {
      return FileSystem.exists(path) ? "unreadable" : nil
    }
    return "sha256 \(Hex.lowercase(SHA256.hash(data: bytes)))"
  }
}

extension ProgramFiles {
  /// The commands of a definition.
  static func commands(in node: ConfigNode) -> [Command] {
    var commands: [Command] = []
    collect(node, &commands)
    if let sources = node["mfa", "sources"] { commands += self.commands(ofSources: sources) }
    if let token = node["spec", "token_command"] {
      let words = token.elements.compactMap(\.text)
      commands += Set((token.elements + [token]).map(\.mark.file)).sorted()
        .map { Command(words: words, file: $0) }
    }
    if let program = node[browserKey], let path = program.text {
      let arguments = node["browser_arguments"]?.elements.compactMap(\.text) ?? []
      commands.append(Command(words: [path] + arguments, file: program.mark.file))
    }
    return commands
  }

  /// Whether a definition may have commands, other than by a tag.
  static func mayHaveCommands(_ node: ConfigNode) -> Bool {
    node["mfa"] != nil || node[browserKey] != nil || node["spec", "token_command"] != nil
  }

  /// The browser that a provider is signed in to with.
  private static let browserKey = "browser_executable_path"

  /// The commands of `mfa.sources`.
  static func commands(ofSources node: ConfigNode) -> [Command] {
    CodeSourceList(node, subject: "").programs.map { Command(words: $0.words, file: $0.file) }
  }

  /// The commands of a keyring.
  static func commands(of keyring: KeyringSettings) -> [Command] {
    keyring.commands.flatMap { command in
      command.files.map { Command(words: command.words, file: $0) }
    }
  }

  private static func collect(_ node: ConfigNode, _ commands: inout [Command]) {
    if node.isCommand, let expression = node.expression {
      let line = expression.dropFirst("!exec".count)
      commands.append(
        Command(words: FileWords.words(of: String(line)), file: node.mark.file))
    }
    for element in node.elements { collect(element, &commands) }
    for entry in node.entries { collect(entry.value, &commands) }
  }
}
