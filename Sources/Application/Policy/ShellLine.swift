package import Core
import ToolCommands

/// A line that a person has a shell run, as far as it starts tools that are known.
///
/// It is not a shell's own reader. Where a part of the line names a tool and cannot be read, that part
/// counts as one that may change anything. What a script, an alias or a function starts is not seen.
package struct ShellLine {
  /// The command that is asked about, with its arguments: of several that which may do most.
  ///
  /// It is empty where no tool is named, and the line itself, as a program of no table, where one cannot
  /// be read.
  package let command: [String]
  /// Whether the line is that command and nothing else.
  package let isAlone: Bool

  /// Reads a line.
  package init(_ line: String, _ environment: [String: String]) {
    let parts = line.split { ";&|\n(){}`".contains($0) }.map { Part(String($0)) }
    // What is only printed or looked for may be run by something else in the line.
    let mayRunText =
      line.contains("$(") || line.contains("`")
      || parts.contains { Self.runners.contains($0.program) }
    var most: (words: [String], commandClass: CommandClass)?
    for part in parts {
      let variables = environment.merging(part.variables) { $1 }
      if let tool = ToolCommand.read(part.words, environment: variables) {
        let isMore = most.map { $0.commandClass < tool.commandClass } ?? true
        if isMore { most = (part.words, tool.commandClass) }
      } else if part.namesTool, mayRunText || !Self.harmless.contains(part.program) {
        self.init(command: ["sh", "-c", line])
        return
      }
    }
    self.init(command: most?.words ?? [], isAlone: parts.count == 1)
  }

  private init(command: [String], isAlone: Bool = false) {
    (self.command, self.isAlone) = (command, isAlone)
  }

  /// Programs that do nothing with the name of a tool but print it, look for it or open a file of it.
  private static let harmless: Set<String> = [
    "[", "[[", "apropos", "cat", "cd", "cp", "diff", "du", "echo", "file", "git", "grep", "hash",
    "head", "help", "history", "info", "jq", "less", "ll", "ls", "man", "mkdir", "more", "mv",
    "nano", "pgrep", "pidof", "printf", "pushd", "readlink", "rg", "rm", "sort", "stat", "tail",
    "test", "touch", "tree", "type", "unset", "vi", "vim", "wc", "whereis", "which",
  ]

  /// Programs that run what they read.
  private static let runners: Set<String> = [
    ".", "bash", "dash", "eval", "fish", "ksh", "parallel", "sh", "source", "xargs", "zsh",
  ]
}

extension ShellLine {
  /// A part of a line between two operators.
  private struct Part {
    /// The words from the program on.
    var words: [String] = []
    /// The assignments in front of it.
    var variables: [String: String] = [:]
    /// Whether a tool's name stands in it anywhere.
    let namesTool: Bool

    /// The program, without its directory; empty where there is none.
    var program: String { words.first?.split(separator: "/").last.map(String.init) ?? "" }

    init(_ text: String) {
      let names = text.split { !($0.isLetter || $0.isNumber || "-_.".contains($0)) }
      namesTool = names.contains { ToolCommand.tools.contains(String($0)) }
      // A quote that an operator stands in is cut in two.
      var rest = (ShellWords.command(text, .shell) ?? text.split(separator: " ").map(String.init))[
        ...]
      while let word = rest.first {
        if let kind = Redirection(word) {
          rest = rest.dropFirst(kind == .withTarget ? 1 : 2)
        } else if let (name, value) = Self.assignment(word) {
          variables[name] = value
          rest = rest.dropFirst()
        } else if let options = Self.before[word] {
          rest = rest.dropFirst()
          // What may stand between: an option, and its value.
          while let option = rest.first, let hasValue = options[option] {
            rest = rest.dropFirst(hasValue ? 2 : 1)
          }
        } else {
          break
        }
      }
      words = Array(rest)
    }

    private static func assignment(_ word: String) -> (String, String)? {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, let first = parts[0].first, first.isLetter || first == "_",
        parts[0].allSatisfy({ $0.isLetter || $0.isNumber || "_+[]".contains($0) })
      else { return nil }
      return (String(parts[0]), String(parts[1]))
    }

    /// What may stand in front of a command and starts it all the same, with its options, and whether
    /// these have a value.
    private static let before: [String: [String: Bool]] = [
      "!": [:], "and": [:], "begin": [:], "builtin": [:], "do": [:], "elif": [:], "else": [:],
      "if": [:], "nocorrect": [:], "noglob": [:], "nohup": [:], "not": [:], "or": [:], "then": [:],
      "until": [:], "while": [:],
      "command": ["-p": false],
      "env": [
        "-": false, "-i": false, "--ignore-environment": false, "-u": true, "--unset": true,
        "-C": true, "--chdir": true,
      ],
      "exec": ["-a": true, "-c": false, "-l": false],
      "nice": ["-n": true],
      "time": ["-p": false],
    ]
  }

  /// A word that leads a stream elsewhere.
  private enum Redirection {
    case withTarget
    case beforeTarget

    init?(_ word: String) {
      let operators = word.drop { $0.isNumber }
      guard let first = operators.first, "<>".contains(first) else { return nil }
      self = operators.allSatisfy { "<>".contains($0) } ? .beforeTarget : .withTarget
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
