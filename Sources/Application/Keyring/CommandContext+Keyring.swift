import AuthConfiguration
package import Core
package import Keyrings
import Logging
import Model
import Sessions
import Terminal

extension CommandContext {
  /// The keyring that environment and `configuration` ask for, or the one of type `only`.
  ///
  /// With `remembers` the kernel may answer for it; without, it reports what is really there.
  ///
  /// - Throws: ``AuthError``: `loginRequired` if its commands come from a file that is not trusted
  ///   with running any, `badConfiguration` if there is no such keyring.
  package func keyring(
    _ only: String? = nil, in configuration: Configuration, remembers: Bool = true
  ) throws(AuthError) -> any InspectableKeyring {
    var settings = try keyringSettings(configuration)
    if !remembers { settings.unlockFor = 0 }
    if (only ?? keyringType(settings)) == "command" { try checkTrust(configuration) }
    return try system.keyring(
      KeyringWish(
        settings: settings, type: only, environment: keyringEnvironment, paths: paths,
        interaction: person, mayShowPrompts: isInteractive, now: surroundings.now, notice: notice))
  }

  /// The keyring of `configuration` and its sessions, opened once.
  func opened(in configuration: Configuration) throws(AuthError) -> OpenedKeyrings.Opened {
    let settings = try keyringSettings(configuration)
    return try keyrings.opened(settings) { () throws(AuthError) in
      var keyring = try keyring(in: configuration)
      if keyring.isPersistent, !paths.canKeepState {
        log.debug("nothing is remembered", metadata: ["not writable": "\(paths.state)"])
        keyring = TransientKeyring(keyring)
      }
      log.debug("a keyring is chosen", metadata: ["keyring": "\(keyring.name)"])
      return OpenedKeyrings.Opened(
        settings: settings, keyring: keyring,
        store: SessionStore(
          paths: paths, keyring: keyring, randomBytes: system.randomBytes, notice: notice,
          log: log))
    }
  }

  // The commands of a keyring may ask by GnuPG's agent.
  private var keyringEnvironment: [String: String] {
    var environment = surroundings.environment
    if let terminal = surroundings.terminal, (environment["GPG_TTY"] ?? "").isEmpty {
      environment["GPG_TTY"] = terminal
    }
    return environment
  }

  /// The variables with the keyring's password that a program of `who` does not need, because the
  /// kernel remembers what they open.
  ///
  /// The kernel has the key of sessions. Keys that the keyring itself holds are read again when a
  /// session is renewed, hours later, and a program must not lose its credentials then.
  func superfluousPasswords(for who: Resolution) async throws(AuthError) -> [String] {
    let environment = surroundings.environment
    let configuration = who.configuration
    let settings = try keyringSettings(configuration)
    let names = HelperEnvironment.passwords(
      environment, configured: settings.passwordEnvironment
    ).filter { environment[$0] != nil }
    // Nearly always there is none, and then nothing is looked up.
    guard !names.isEmpty, !who.record.usesStoredKeys else { return [] }
    let end = try? await opened(in: configuration).keyring.unlockedUntil()
    return end == nil ? [] : names
  }

  /// The type of the keyring that environment and configuration ask for.
  func keyringType() throws(AuthError) -> String {
    keyringType(try keyringSettings(configuration))
  }

  private func keyringType(_ settings: KeyringFactory.Settings) -> String {
    KeyringFactory.type(settings, environment: surroundings.environment).name
  }

  private func keyringSettings(
    _ configuration: Configuration
  ) throws(AuthError) -> KeyringFactory.Settings {
    let settings = try configuration.readableCatalog(mayBeMissing: true).keyring
    // A job in a checkout reaches no keyring that no variable of the job names.
    if configuration.isJobOnly,
      ["ATMOS_KEYRING_TYPE", "ATMOS_KEYRING_PASSWORD"]
        .allSatisfy({ (surroundings.environment[$0] ?? "").isEmpty })
    {
      return KeyringFactory.Settings(type: "memory")
    }
    // The password names the file keyring: without a type, that of a person's desktop would be opened.
    var wanted = KeyringFactory.Settings(
      type: configuration.isJobOnly ? "file" : settings.type, path: settings.path,
      passwordEnvironment: settings.passwordEnvironment, unlockFor: settings.unlockFor,
      timeout: settings.timeout)
    for command in settings.commands {
      wanted.commands.set(
        command.words, for: command.name, in: command.files.first.map(FileSystem.parent))
    }
    return wanted
  }

  /// Programs named by a file that a person has not looked at are not run.
  private func checkTrust(_ configuration: Configuration) throws(AuthError) {
    let access = configuration.approvedAccess
    let commands = try configuration.readableCatalog(mayBeMissing: true).keyring.commands
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
