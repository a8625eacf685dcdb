import AuthConfiguration
package import Core
package import Keyrings
import Model
import Terminal

extension CommandContext {
  /// The keyring that environment and configuration ask for, or the one of type `only`.
  ///
  /// With `remembers` the kernel may answer for it; without, it tells what is really there.
  ///
  /// - Throws: ``AuthError``: `loginRequired` if its commands come from a file that is not trusted
  ///   with running any, `badConfiguration` if there is no such keyring.
  package func keyring(
    _ only: String? = nil, remembers: Bool = true
  ) throws(AuthError) -> any InspectableKeyring {
    let settings = try readableCatalog().keyring
    var wanted = KeyringFactory.Settings(
      type: settings.type, path: settings.path,
      passwordEnvironment: settings.passwordEnvironment,
      unlockFor: remembers ? settings.unlockFor : 0, timeout: settings.timeout)
    for command in settings.commands { wanted.commands.set(command.words, for: command.name) }
    if (only ?? keyringType(wanted)) == "command" { try checkTrust(settings.commands) }
    let err = err
    return try KeyringFactory.make(
      wanted, type: only, environment: surroundings.environment, paths: paths,
      interaction: person, mayShowPrompts: isInteractive, now: surroundings.now,
      randomBytes: SystemRandom.bytes,
      notice: { line in err.write(DisplayText.sanitizedLines(line) + "\n") })
  }

  /// The type of the keyring that environment and configuration ask for.
  func keyringType() throws(AuthError) -> String {
    keyringType(KeyringFactory.Settings(type: try readableCatalog().keyring.type))
  }

  private func keyringType(_ settings: KeyringFactory.Settings) -> String {
    KeyringFactory.type(settings, environment: surroundings.environment).name
  }

  /// Programs named by a file that a person has not looked at are not run.
  private func checkTrust(_ commands: [KeyringSettings.Command]) throws(AuthError) {
    let access = commandAccess
    for (file, expressions) in KeyringSettings.Command.byFile(commands)
    where !access.isTrusted(file, expressions) {
      throw AuthError(
        .loginRequired,
        "\(DisplayText.sanitized(file)) is not trusted with running the keyring's commands",
        hints: expressions.map { "it says `\(DisplayText.sanitized($0, limit: 200))`" }
          + [
            "look at it, then run `atmos-auth allow -i NAME`, with the name of any identity",
            "or move `auth.keyring` to your own ~/.atmos/atmos.yaml",
          ])
    }
  }
}
