import ArgumentParser
import Foundation

@testable import Commands

/// The completion table in Swift, made from what the option parser says of itself.
enum CompletionTableSource {
  static func text() throws -> String {
    let process = try options(of: ProcessOptions.self)
    let configuration = try options(of: ConfigurationOptions.self)
      .filter { !process.contains($0) }
    let identity = try options(of: GlobalOptions.self)
      .filter { !configuration.contains($0) && !process.contains($0) }
    let root = try command(AtmosAuth.self)
    // Those that the program has and its commands inherit.
    let program = root.options.filter { !process.contains($0) }
    let groups = [
      ("global", identity + configuration + process), ("nobody", configuration + process),
      ("process", process),
      ("help", process.filter { $0.contains("--help") }),
    ]
    func commands(of command: Dump.Command) -> String {
      (command.subcommands ?? []).filter { $0.shouldDisplay ?? true && $0.commandName != "help" }
        .map { entry($0, program, groups, indent: "    ") }.joined()
    }
    return """
      // swift-format-ignore-file
      // Made by scripts/make-completion-table from what the option parser says; not to be edited.

      extension CompletionTable {
        static let identity: [Option] = [
      \(list(identity, indent: "    "))  ]

        static let configuration: [Option] = [
      \(list(configuration, indent: "    "))  ]

        static let process: [Option] = [
      \(list(process, indent: "    "))  ]

        static let help: [Option] = [
      \(list(groups[3].1, indent: "    "))  ]

        static let program: [Option] = [
      \(list(program, indent: "    "))  ]

        static let commands: [Command] = [
      \(commands(of: root))  ]

        static let replWords: [Command] = [
      \(commands(of: try command(ReplWords.self)))  ]
      }

      """
  }

  private static func command(_ type: any ParsableArguments.Type) throws -> Dump.Command {
    try JSONDecoder().decode(Dump.self, from: Data(type._dumpHelp().utf8)).command
  }

  private static func options(of type: any ParsableArguments.Type) throws -> [String] {
    try command(type).options
  }

  private static func list(_ options: [String], indent: String) -> String {
    options.map { "\(indent)\($0),\n" }.joined()
  }

  private static func entry(
    _ command: Dump.Command, _ program: [String], _ groups: [(name: String, options: [String])],
    indent: String
  ) -> String {
    var parts = [literal(command.commandName), literal(summary(command.abstract ?? ""))]
    let inner = (command.subcommands ?? []).filter { $0.shouldDisplay ?? true }
    if inner.isEmpty {
      var own = command.options.filter { !program.contains($0) }
      let group = groups.first { $0.options.allSatisfy(own.contains) }
      own.removeAll { group?.options.contains($0) ?? false }
      if !own.isEmpty {
        parts.append("[\n\(list(own, indent: indent + "  "))\(indent)]")
      }
      if let group { parts.append("shared: \(group.name)") }
      let values = (command.arguments ?? []).filter { $0.kind == "positional" }.compactMap(\.value)
      if !values.isEmpty { parts.append("arguments: [\(values.joined(separator: ", "))]") }
    } else {
      let entries = inner.map { entry($0, program, groups, indent: indent + "  ") }.joined()
      parts.append("subcommands: [\n\(entries)\(indent)]")
    }
    return "\(indent)Command(\(parts.joined(separator: ", "))),\n"
  }

  /// A sentence as it stands beside a name: without its dot, and without a capital.
  fileprivate static func summary(_ text: String) -> String {
    var text = text
    if text.hasSuffix(".") { text.removeLast() }
    // An abbreviation stays in capitals.
    let isWord = text.dropFirst().first?.isUppercase == false
    return (isWord ? text.prefix(1).lowercased() : String(text.prefix(1))) + text.dropFirst()
  }

  fileprivate static func literal(_ text: String) -> String {
    "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}

/// The parser's description of itself, as far as completion needs it.
private struct Dump: Decodable {
  var command: Command

  struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var shouldDisplay: Bool?
    var subcommands: [Command]?
    var arguments: [Argument]?

    /// The options that are shown, each as it stands in the table.
    var options: [String] {
      let shown = (arguments ?? []).filter { $0.kind != "positional" && $0.shouldDisplay }
      let names = Set(shown.flatMap { $0.names ?? [] }.map(\.spelled))
      return shown.map { argument in
        // The parser has one help text for `--isolated` and `--no-isolated`.
        let name = argument.names?.first?.spelled ?? ""
        let isInverse =
          name.hasPrefix("--no-") && names.contains("--\(name.dropFirst("--no-".count))")
        return argument.option(isInverse: isInverse)
      }
    }
  }

  struct Argument: Decodable {
    var kind: String
    var shouldDisplay: Bool
    var names: [Name]?
    var abstract: String?
    var completionKind: Completion?

    func option(isInverse: Bool) -> String {
      let spelled = (names ?? []).map(\.spelled)
      let long = spelled.filter { $0.hasPrefix("--") }
      let names = (long + spelled.filter { !long.contains($0) })
        .map(CompletionTableSource.literal).joined(separator: ", ")
      let value = kind == "option" ? "\(self.value ?? ".text"), " : ""
      let clause = String((abstract ?? "").prefix { !";:".contains($0) })
      let sentence = clause.components(separatedBy: ". ").first ?? ""
      let summary = (isInverse ? "do not " : "") + CompletionTableSource.summary(sentence)
      return "Option([\(names)], \(value)\(CompletionTableSource.literal(summary)))"
    }

    /// What follows an option or is a command's argument; `nil` if the parser does not say.
    var value: String? {
      guard let completionKind else { return nil }
      if let words = completionKind.list?.values {
        return ".words([\(words.map(CompletionTableSource.literal).joined(separator: ", "))])"
      }
      if completionKind.file != nil { return ".file" }
      if completionKind.directory != nil { return ".directory" }
      // As CompletionKind+Subject.swift writes them.
      guard let subject = completionKind.shellCommand?.command.dropFirst(2) else { return nil }
      return subject.hasSuffix(",") ? ".list(.\(subject.dropLast()))" : ".name(.\(subject))"
    }
  }

  struct Name: Decodable {
    var kind: String
    var name: String
    var spelled: String { kind == "long" ? "--\(name)" : "-\(name)" }
  }

  struct Completion: Decodable {
    var list: List?
    var shellCommand: Command?
    var file: Nothing?
    var directory: Nothing?

    struct List: Decodable { var values: [String] }
    struct Command: Decodable { var command: String }
    struct Nothing: Decodable {}
  }
}
