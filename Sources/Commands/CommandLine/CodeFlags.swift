import Application
import ArgumentParser
import Core
import Model

/// The option of commands that may need a one-time code.
struct CodeFlags: ParsableArguments {
  @Flag(
    name: .customLong("mfa-code-stdin"),
    help: "Read an MFA code, in case one is needed, from standard input: its first line.")
  var readsCode = false

  /// The context of a command that knows the code that was given.
  ///
  /// It is read at once, needed or not: what follows it is for the program that is started.
  ///
  /// - Throws: ``AuthError`` with code `usage` when there is none.
  func added(to context: CommandContext) throws(AuthError) -> CommandContext {
    guard readsCode else { return context }
    guard !context.surroundings.inputIsTerminal else {
      throw AuthError(.usage, "`--mfa-code-stdin` reads no terminal")
        .hint("leave it out, and you are asked when a code is needed")
    }
    guard let code = context.system.inputLine(64), !code.isEmpty else {
      throw AuthError(.usage, "standard input holds no MFA code on its first line")
        .hint("write `printf '%s\\n' \"$code\" | atmos-auth … --mfa-code-stdin`")
    }
    var context = context
    context.mfaCode = code
    return context
  }
}
