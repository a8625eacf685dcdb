package import Core

/// A program that was started with less than the person has, and what it may ask of this one.
///
/// A program of the same user can take the mark away; see docs/robots.md.
package enum NarrowedProgram {
  /// The commands that give nothing and change nothing.
  private static let harmless: Set<String> = [
    "__complete", "completion", "credential-process", "exec", "help", "list", "status", "validate",
    "version", "whoami", "why",
  ]

  /// Refuses what would give a program more than it was started with.
  ///
  /// - Parameters:
  ///   - command: The command's words.
  ///   - environment: The environment of the process.
  /// - Throws: ``AuthError`` with code `refused`.
  package static func check(
    _ command: String, _ environment: [String: String]
  ) throws(AuthError) {
    if isOne(environment), !harmless.contains(command) { try refuse(command) }
  }

  /// Refuses another narrowed session than the program's own, which may be wider.
  ///
  /// - Throws: ``AuthError`` with code `refused`.
  static func check(narrowed key: String, _ environment: [String: String]) throws(AuthError) {
    let own = environment[NarrowedSession.variable] ?? ""
    guard own.isEmpty || own == key else {
      try refuse("credential-process --narrowed")
      return
    }
  }

  /// Refuses a command.
  static func refuse(_ command: String) throws(AuthError) {
    throw AuthError(
      .refused,
      "`\(command)` is refused here: this program was started with less than you have "
        + "(`exec --read-only`, `--policy` or `--session-duration`)",
      hints: ["run it in a terminal of your own"])
  }

  /// Whether the process belongs to one.
  package static func isOne(_ environment: [String: String]) -> Bool {
    !(environment[NarrowedSession.variable] ?? "").isEmpty
  }
}
