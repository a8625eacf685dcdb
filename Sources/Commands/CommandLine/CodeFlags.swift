import Application
import ArgumentParser
import Core
import Model

/// The option of commands that may need a one-time code.
struct CodeFlags: ParsableArguments {
  @Flag(
    name: .customLong("mfa-code-stdin"),
    help: "Read an MFA code from the first line of standard input, should one be needed.")
  var readsCode = false

  /// The context of a command that knows the code that was given.
  ///
  /// It is read at once, needed or not: the rest of the input belongs to the program that is
  /// started.
  ///
  /// - Throws: ``AuthError`` with code `usage` when there is none.
  func added(to context: CommandContext) throws(AuthError) -> CommandContext {
    guard readsCode else { return context }
    guard !context.surroundings.inputIsTerminal else {
      throw AuthError(
        .usage, "`--mfa-code-stdin` does not read from a terminal",
        hints: ["leave the option out; you are asked if a code is needed"])
    }
    guard let code = context.system.inputLine(64), !code.isEmpty else {
      throw AuthError(
        .usage, "the first line of standard input is not an MFA code",
        hints: ["write `printf '%s\\n' \"$code\" | atmos-auth … --mfa-code-stdin`"])
    }
    var context = context
    context.mfaCode = code
    return context
  }
}
