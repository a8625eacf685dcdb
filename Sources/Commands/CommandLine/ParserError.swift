import ArgumentParser
import Core

/// An error of the option parser, in the words and the form of all others.
struct ParserError {
  /// The error.
  var error: AuthError

  /// Reads the parser's whole message.
  ///
  /// - Parameters:
  ///   - message: Such as `Error: Unknown option '--x'`, with lines on usage and help after it.
  ///   - arguments: What was typed.
  ///   - program: What commands are typed after; empty in the REPL.
  init(_ message: String, arguments: [String], program: String = "atmos-auth ") {
    var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let end = lines.firstIndex { line in
      ["Usage: ", "Help: ", "  See '"].contains { line.hasPrefix($0) }
    }
    let help = lines.last { $0.hasPrefix("  See '") }?
      .split(separator: "'").dropFirst().first.map(String.init)
    lines = Array(lines[..<(end ?? lines.endIndex)])
    var text = lines.joined(separator: "\n")
    if text.hasPrefix("Error: ") { text = String(text.dropFirst(7)) }
    var hints: [String] = []
    if let near = text.firstRange(of: " Did you mean '") {
      let name = text[near.upperBound...].prefix { $0 != "'" }
      hints.append("did you mean `\(name)`?")
      text = String(text[..<near.lowerBound])
      if text.hasSuffix(".") { text.removeLast() }
    }
    let option = text.firstRange(of: "nknown option '").map { range in
      String(text[range.upperBound...].prefix { $0 != "'" && $0 != "=" })
    }
    if let option, let known = Self.elsewhere[option] { hints.append(known) }
    if let help {
      hints.append("run `\(program.isEmpty ? Self.without(help) : help)` for usage")
    }
    let subcommand = UnknownSubcommand(arguments, program: program)
    error = subcommand?.error ?? AuthError(.usage, Self.inOurStyle(text), hints: hints)
  }

  /// What other tools have an option for, and where it is said here.
  private static let elsewhere = [
    "--duration": "the length of sessions is a setting of the identity: `principal.duration` of a "
      + "role, `session.duration` of a user",
    "--region": "the region is a setting of the identity, or a line `region = NAME` of "
      + ".atmos-identity",
    "--json": "`--format json`, `whoami --output json` and `status --json` print JSON",
    "--token": "`--mfa-code-stdin` or ATMOS_AUTH_MFA_CODE give an MFA code",
    "--mfa-token": "`--mfa-code-stdin` or ATMOS_AUTH_MFA_CODE give an MFA code",
  ]

  private static func without(_ help: String) -> String {
    help.hasPrefix("atmos-auth ") ? String(help.dropFirst(11)) : help
  }

  // Lower case at the beginning, and what was typed as code.
  private static func inOurStyle(_ text: String) -> String {
    var result = ""
    var isOpen = false
    for (index, character) in text.enumerated() {
      if index == 0 {
        result += character.lowercased()
      } else if character == "'" {
        // An apostrophe within a word is one.
        result.append("`")
        isOpen.toggle()
      } else {
        result.append(character)
      }
    }
    return isOpen || text.first?.isUppercase != true && !text.contains(" '") ? text : result
  }
}

/// A word after a command that holds others, which none of them has as its name.
struct UnknownSubcommand {
  /// The error.
  var error: AuthError

  /// `nil` when the arguments name commands as far as commands go.
  init?(_ arguments: [String], program: String = "atmos-auth ") {
    var command: any ParsableCommand.Type = AtmosAuth.self
    var path: [String] = []
    for word in arguments {
      let below = Self.subcommands(of: command)
      guard !below.isEmpty, !word.hasPrefix("-") else { return nil }
      if let next = below.first(where: { Self.name(of: $0) == word }) {
        command = next
        path.append(word)
        continue
      }
      guard !path.isEmpty else { return nil }
      let names = below.filter { $0.configuration.shouldDisplay }.map { Self.name(of: $0) }
      let parent = program + path.joined(separator: " ")
      let near = NearName.nearest(to: word, in: names) ?? names.first { $0.hasPrefix(word) }
      error = AuthError(
        .usage, "`\(parent)` has no command `\(DisplayText.sanitized(word, limit: 80))`",
        hints: [
          near.map { "did you mean `\(parent) \($0)`?" }
            ?? "it has \(names.map { "`\($0)`" }.joined(separator: ", "))"
        ])
      return
    }
    return nil
  }

  private static func name(of command: any ParsableCommand.Type) -> String {
    command.configuration.commandName ?? command._commandName
  }

  private static func subcommands(
    of command: any ParsableCommand.Type
  ) -> [any ParsableCommand.Type] {
    command.configuration.groupedSubcommands.flatMap(\.subcommands)
      + command.configuration.ungroupedSubcommands
  }
}
