import Application
import AuthConfiguration
import Core
import Model

/// The candidates for one word, in the form the calling shell reads.
///
/// Each line is a candidate, then for zsh and fish a tab and a description. A line of `:files`,
/// `:directories` or `:commands` asks the shell to add its own. Nothing here is ever expanded by a
/// shell: our scripts read it line by line.
struct CompletionAnswer {
  /// `bash LINE POINT WORD`, or the shell's name and the words up to the cursor.
  var words: [String]
  /// What can be typed after the program's name.
  var commands = CompletionTable.commands

  private struct Candidate {
    var text: String
    var summary = ""
  }

  func text(_ context: CommandContext) -> String {
    guard let shell = words.first else { return "" }
    switch shell {
    case "bash": return bash(context)
    case "zsh", "fish":
      // The last word comes as it was typed, its quotes included: a shell cannot take off one that
      // is still open.
      let typed = words.dropFirst().dropLast() + ShellWords(words.last ?? "").words.suffix(1)
      let (candidates, directive) = candidates(Array(typed), context)
      return candidates.map { "\($0.text)\t\($0.summary)\n" }.joined() + directive
    default: return ""
    }
  }

  /// What fits instead of the last of `typed`, and whether names of files fit, too.
  func words(
    after typed: [String], _ context: CommandContext
  ) -> (words: [String], takesFiles: Bool) {
    let (candidates, directive) = candidates(typed, context)
    return (candidates.map(\.text), !directive.isEmpty)
  }

  // MARK: - What fits

  private func candidates(
    _ typed: [String], _ context: CommandContext
  ) -> (candidates: [Candidate], directive: String) {
    let current = typed.last ?? ""
    let (found, directive) = offered(typed, context)
    let lowered = current.lowercased()
    return (
      found.filter {
        $0.text.lowercased().hasPrefix(lowered) && DisplayText.sanitized($0.text) == $0.text
      }, directive
    )
  }

  private func offered(
    _ typed: [String], _ context: CommandContext
  ) -> ([Candidate], String) {
    var commands = commands
    var command: CompletionTable.Command?
    var previous: String?
    let earlier = typed.dropFirst().dropLast()
    for word in earlier {
      defer { previous = word }
      if word == "--" {
        // What comes after belongs to the program.
        return ([], command?.arguments.last == .name(.program) ? ":commands\n" : ":files\n")
      }
      if word.hasPrefix("-") || value(after: previous, command) != nil { continue }
      if let found = commands.first(where: { $0.name == word }) {
        command = found
        commands = found.subcommands
      }
    }
    let current = typed.last ?? ""
    if let value = value(after: previous, command) {
      return values(value, current, context, flags(typed))
    }
    if current.hasPrefix("--"), let equals = current.firstIndex(of: "=") {
      let name = String(current[..<equals])
      guard let value = option(name, command)?.value else { return ([], "") }
      let (found, directive) = values(
        value, String(current[equals...].dropFirst()), context, flags(typed))
      return (
        found.map { Candidate(text: "\(name)=\($0.text)", summary: $0.summary) }, directive
      )
    }
    if current.hasPrefix("-") {
      let options = command?.allOptions ?? CompletionTable.root
      return (
        options.flatMap { option in
          option.names.filter { $0.hasPrefix("--") || current == "-" }
            .map { Candidate(text: $0, summary: option.summary) }
        }, ""
      )
    }
    if !commands.isEmpty {
      return (commands.map { Candidate(text: $0.name, summary: $0.summary) }, "")
    }
    guard let argument = command?.arguments.first, argument != .name(.program) else {
      return ([], "")
    }
    var (found, directive) = values(argument, current, context, flags(typed))
    if command?.name == "use" {
      found += [
        Candidate(text: "none", summary: "no identity"), Candidate(text: "-", summary: "back"),
      ]
    }
    return (found, directive)
  }

  private func option(
    _ name: String, _ command: CompletionTable.Command?
  ) -> CompletionTable.Option? {
    (command?.allOptions ?? CompletionTable.global).first { $0.names.contains(name) }
  }

  private func value(
    after word: String?, _ command: CompletionTable.Command?
  ) -> CompletionTable.Value? {
    word.flatMap { option($0, command)?.value }
  }

  private func values(
    _ value: CompletionTable.Value, _ current: String, _ context: CommandContext,
    _ flags: ConfigurationFlags
  ) -> ([Candidate], String) {
    switch value {
    case .words(let words): return (words.map { Candidate(text: $0) }, "")
    case .name(.program): return ([], ":commands\n")
    case .name(let subject): return (names(of: subject, context, flags), "")
    case .list(let subject):
      let listed = current.split(separator: ",", omittingEmptySubsequences: false).dropLast()
      let done = listed.map { $0 + "," }.joined()
      let found = names(of: subject, context, flags).filter { !listed.contains($0.text[...]) }
      return (found.map { Candidate(text: done + $0.text, summary: $0.summary) }, "")
    case .file: return ([], ":files\n")
    case .directory: return ([], ":directories\n")
    case .text: return ([], "")
    }
  }

  private func names(
    of subject: CompletionTable.Subject, _ outer: CommandContext, _ flags: ConfigurationFlags
  ) -> [Candidate] {
    let context = CommandContext(
      outer.surroundings, system: outer.system, flags: flags, logs: LogSettings(level: .off))
    // A configuration that cannot be read has nothing to offer; TAB is not a place for its faults.
    let catalog = try? context.configuration.catalog()
    // Reading all of an identity takes ten times as long as its label.
    var identities: [IdentityRecord] { catalog?.identities ?? [] }
    var providers: [ProviderRecord] { catalog?.providers ?? [] }
    func sorted(_ names: [String]) -> [Candidate] {
      Set(names).sorted().map { Candidate(text: $0) }
    }
    switch subject {
    case .identity:
      return (catalog?.labels ?? []).flatMap { label in
        [Candidate(text: label.name, summary: label.kind)]
          + (label.alias.map { [Candidate(text: $0, summary: "alias of \(label.name)")] } ?? [])
      }
    case .provider: return providers.map { Candidate(text: $0.name, summary: $0.kind) }
    case .identityTag: return sorted(identities.flatMap(\.tags))
    case .providerTag: return sorted(providers.flatMap(\.tags))
    case .tag: return sorted(identities.flatMap(\.tags) + providers.flatMap(\.tags))
    case .profile: return (catalog?.profilesAvailable ?? []).map { Candidate(text: $0) }
    case .role:
      return sorted(
        identities.compactMap(\.principal).filter {
          $0.hasPrefix("arn:") && $0.contains(":role/")
        })
    case .consolePage: return context.consolePages.map { Candidate(text: $0) }
    case .program: return []
    }
  }

  /// The options that decide which configuration names are taken from.
  private func flags(_ typed: [String]) -> ConfigurationFlags {
    var flags = ConfigurationFlags()
    var words = typed.dropFirst().dropLast()
    while let word = words.popFirst() {
      let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
      let name = parts.first ?? ""
      // The identity decides nothing here, and its value may be left out.
      guard let option = GlobalOption(name: name), option != .identity, option.takesValue,
        let value = parts.count == 2 ? parts[1] : words.popFirst()
      else { continue }
      _ = flags.take(option.long, value)
    }
    return flags
  }

  // MARK: - bash

  // Readline replaces only the part of a word after the last of COMP_WORDBREAKS, which holds `:`
  // and `=`, and inserts what it is given as it stands. So the part it keeps is cut off, and the
  // rest is quoted, unless a quote is open.
  private func bash(_ context: CommandContext) -> String {
    guard words.count >= 4, let point = Int(words[2]) else { return "" }
    let typed = ShellWords(String(decoding: words[1].utf8.prefix(point), as: UTF8.self))
    let (candidates, directive) = candidates(typed.words, context)
    // Of an open quote bash gives what is behind it, else the word as it was typed.
    let replaced = typed.isQuoteOpen ? words[3] : ShellWords(words[3]).words.last ?? ""
    let kept = max(0, (typed.words.last ?? "").count - replaced.count)
    return candidates.map { candidate in
      let rest = String(candidate.text.dropFirst(kept))
      return (typed.isQuoteOpen ? rest : ShellWords.escaped(rest)) + "\n"
    }.joined() + directive
  }
}
