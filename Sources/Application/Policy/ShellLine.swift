package import Core
import ToolCommands

/// A line that a person has a shell run.
package enum ShellLine {
  /// The tool that it starts, with its arguments; empty where it starts none that is known.
  ///
  /// Of several the one counts that may do most. What a script, an alias or a function starts is not
  /// seen.
  package static func tool(in line: String, _ environment: [String: String]) -> [String] {
    let commands = line.split { ";&|\n(){}`".contains($0) }
      .compactMap { part -> (words: [String], commandClass: CommandClass)? in
        // A quote that an operator stands in is cut in two.
        let all =
          ShellWords.command(String(part), .shell) ?? part.split(separator: " ").map(String.init)
        let words = Array(all.drop { isBefore($0) })
        let tool = ToolCommand.read(words, environment: with(all, environment))
        return tool.map { (words, $0.commandClass) }
      }
    return commands.max { $0.commandClass < $1.commandClass }?.words ?? []
  }

  // What may stand in front of a command and starts it all the same.
  private static func isBefore(_ word: String) -> Bool {
    ["command", "env", "exec", "nohup", "time", "!"].contains(word) || isAssignment(word)
  }

  private static func isAssignment(_ word: String) -> Bool {
    !word.hasPrefix("-") && !word.hasPrefix("=") && word.contains("=")
  }

  private static func with(
    _ words: [String], _ environment: [String: String]
  ) -> [String: String] {
    words.prefix { isBefore($0) }.reduce(into: environment) { result, word in
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
    }
  }
}

extension CommandContext {
  /// Asks what is to be asked before a command of an identity, which gets other credentials then.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` if it may not run.
  package func ask(before command: [String], as who: Resolution) async throws(AuthError) {
    let gate = try CommandGate(command, as: who, self)
    if gate.commandClass > .none { _ = try await gate.pass(minimumValidity: nil) }
  }
}
