import ArgumentParser
import Core

/// A first word that is not a command, reported with the one that was probably meant.
struct UnknownCommand {
  var error: AuthError

  /// What other tools call one of our commands.
  private static let elsewhere: [(word: String, tool: String, command: String)] = [
    ("add", "aws-vault", "user configure"),
    ("rotate", "aws-vault", "user rotate"), ("remove", "aws-vault", "logout --keychain"),
    ("export", "aws-vault", "env"), ("open", "aws-sso", "console"),
    ("process", "aws-sso", "credential-process"), ("eval", "aws-sso", "env"),
    ("flush", "aws-sso", "logout --all"), ("init", "starship", "hook SHELL"),
    ("token", "awsu", "mfa code"), ("register", "awsu", "mfa register"),
    ("script", "saml2aws", "env"), ("switch", "", "use NAME"), ("run", "", "exec -- PROGRAM"),
    ("ls", "", "list"), ("version", "", "--version"), ("config", "", "validate"),
  ]

  init?(_ arguments: [String]) {
    guard let word = arguments.first, !word.hasPrefix("-"), word != "help",
      !word.hasPrefix("__")
    else { return nil }
    let names = AtmosAuth.commandNames
    guard !names.contains(word) else { return nil }
    let shown = DisplayText.sanitized(word, limit: 80)
    error = AuthError(.usage, "unknown command `\(shown)`")
    if let known = Self.elsewhere.first(where: { $0.word == word }) {
      let theirs = known.tool.isEmpty ? "" : "\(known.tool)'s `\(word)` is "
      error = error.hint("\(theirs)`atmos-auth \(known.command)`")
    } else if let near = NearName.nearest(to: word, in: names) {
      error = error.hint("did you mean `\(near)`?")
    } else {
      error = error.hint("commands: \(names.joined(separator: ", "))")
    }
    error = error.hint("run `atmos-auth --help` for usage")
  }
}
