import Application
import ArgumentParser
import Core

/// `atmos-auth logout`: forgets sessions, and only with `--keychain` long-lived keys.
struct Logout: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "logout",
    abstract: "Forget sessions.",
    discussion: """
      Removes what it names and nothing else. Credentials that were already handed out stay valid
      at the cloud until they end. Long-lived keys stay unless `--keychain` is given.

        $ atmos-auth logout dev
        $ atmos-auth logout --all --dry-run
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: ArgumentHelp("The identity to forget.", valueName: "identity"),
    completion: .names(of: .identity))
  var name: String?

  @Option(
    name: [.long, .customShort("p")],
    help: ArgumentHelp("Forget a provider and all identities that start at it.", valueName: "name"),
    completion: .names(of: .provider))
  var provider: String?

  @Option(
    help: ArgumentHelp("Forget the providers that have one of these tags.", valueName: "a,b"),
    completion: .list(of: .providerTag))
  var tags: String?

  @Flag(help: "Forget every identity and provider of this configuration.")
  var all = false

  @Flag(help: "Forget every session of every realm on this machine.")
  var allRealms = false

  @Flag(help: "Also delete long-lived keys from the keyring.")
  var keychain = false

  @Flag(help: "Show what would be removed, and remove nothing.")
  var dryRun = false

  @Flag(help: "Do not ask before deleting from the keyring.")
  var force = false

  @Option(help: .hidden, transform: ShellKind.hooked(named:))
  var shell: ShellKind?

  func validate() throws {
    let named = [name, provider, tags, global.identity].compactMap { $0 }.count
    let ways = named + [all, allRealms].filter { $0 }.count
    guard ways <= 1 else {
      throw ValidationError(
        "mutually exclusive flags provided: name one of identity, --identity, --provider, "
          + "--tags, --all, --all-realms"
      )
    }
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let scope: LogoutRequest.Scope
    if allRealms {
      scope = .allRealms
    } else if all {
      scope = .all
    } else if let provider {
      scope = .provider(provider)
    } else if let tags {
      scope = .tags(ConfigurationFlags.list([tags]))
    } else if let name {
      scope = .identity(name)
    } else {
      scope = .chosen
    }
    return try await LogoutRequest(
      scope: scope, keychain: keychain, dryRun: dryRun, force: force, shell: shell
    ).run(context)
  }
}
