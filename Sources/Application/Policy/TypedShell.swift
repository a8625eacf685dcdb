import Core
import Programs

/// A shell that a person types in.
///
/// It gets what they have, since each command in it is looked at when it is typed.
enum TypedShell {
  private static let names: Set<String> = ["bash", "zsh", "fish", "sh", "dash", "ksh"]

  /// Options with which a shell still reads what is typed.
  private static let options: Set<String> = [
    "-l", "-i", "-il", "-li", "--login", "--interactive", "--norc", "--noprofile", "--no-config",
  ]

  /// Whether a shell with these arguments has nothing to run but what a person types.
  static func isTyped(_ arguments: some Sequence<String>, _ surroundings: Surroundings) -> Bool {
    surroundings.inputIsTerminal && arguments.allSatisfy(options.contains)
  }

  /// Whether a command line starts one: a shell of the system's by its name, with nothing to run, that
  /// has a terminal to read from.
  static func isOne(_ arguments: [String], _ surroundings: Surroundings) -> Bool {
    guard isTyped(arguments.dropFirst(), surroundings),
      let word = arguments.first, let name = word.split(separator: "/").last
    else { return false }
    let environment = surroundings.environment
    if word == environment["SHELL"] { return word.hasPrefix("/") }
    guard names.contains(String(name)) else { return false }
    let path = environment["PATH"]
    // A checkout's program can have the name of one.
    return word.contains("/")
      ? word.hasPrefix("/")
        && path?.split(separator: ":").contains { "\($0)/\(name)" == word } == true
      : (try? ProgramPath.find(word, path: path))?.hasPrefix("/") == true
  }
}
