import Application
import ArgumentParser
import Core

/// `atmos-auth logout`: forgets sessions, and only with `--keychain` long-lived keys.
struct Logout: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "logout",
    abstract: "Forget sessions.",
    discussion: """
      Removes only what it names. Credentials that a program already has stay valid until they \
      end. Long-lived keys are kept unless `--keychain` is given.

        $ atmos-auth logout dev
        $ atmos-auth logout --all --dry-run
      """)

  @OptionGroup var global: SharedOptions<ForgetsIdentity>

  @Argument(
    help: ArgumentHelp("Identity to forget.", valueName: "identity"),
    completion: .names(of: .identity))
  var name: String?

  @Option(
    name: [.long, .customShort("p")],
    help: ArgumentHelp("Forget a provider and all identities obtained from it.", valueName: "name"),
    completion: .names(of: .provider))
  var provider: String?

  @Option(
    help: ArgumentHelp("Forget the providers with any of these tags.", valueName: "a,b"),
    completion: .list(of: .providerTag))
  var tags: String?

  @Flag(help: "Forget every identity and provider of this configuration.")
  var all = false

  @Flag(help: "Forget all sessions on this machine, in every realm.")
  var allRealms = false

  @Flag(help: "Also delete long-lived keys from the keyring.")
  var keychain = false

  @Flag(help: "Show what would be removed, without removing it.")
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
