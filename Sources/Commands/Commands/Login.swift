import Application
import ArgumentParser
import AuthConfiguration
import Core
import Model
import Terminal

/// `atmos-auth login`: gets a new session, whatever is remembered.
struct Login: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "login",
    abstract: "Log in and remember the session.",
    discussion: """
      The last link of the chain is always asked again; links before it are reused while they are
      valid. In a shell with the hook, the shell then acts as that identity.

        $ atmos-auth login -i dev
        ✓ Authentication successful!
        $ atmos-auth login -i dev --no-browser --qr     # sign in on a phone
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var signIn: SignInFlags
  @OptionGroup var code: CodeFlags

  @Argument(
    help: ArgumentHelp("The identity to log in as.", valueName: "identity"),
    completion: .names(of: .identity))
  var name: String?

  @Option(
    name: [.long, .customShort("p")],
    help: ArgumentHelp("Log in to a provider only.", valueName: "name"),
    completion: .names(of: .provider))
  var provider: String?

  @Option(
    help: ArgumentHelp("Log in as the identity that has one of these tags.", valueName: "a,b"),
    completion: .list(of: .identityTag))
  var tags: String?

  @Option(help: .hidden, transform: ShellKind.hooked(named:))
  var shell: ShellKind?

  func validate() throws {
    guard [name, provider, tags, global.identity].compactMap({ $0 }).count <= 1 else {
      throw ValidationError(
        "mutually exclusive flags provided: name one of identity, --identity, --provider, --tags")
    }
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let start = context.now
    var context = try code.added(to: context)
    context.signIn = signIn.options
    if let provider {
      let chain = try context.configuration.chain(forProvider: provider)
      try await login(chain, context.configuration, context, since: start)
      return 0
    }
    let who = try await identity(context)
    let record = who.record
    let chain = try who.configuration.chain(for: record.name)
    try await login(chain, who.configuration, context, since: start)
    try context.recentIdentities(in: who.configuration).note(record.name)
    if let shell {
      // Logging in as who the shell already is pins nothing: the directory goes on deciding.
      let active = context.surroundings.environment["ATMOS_IDENTITY"] ?? ""
      let code =
        active.lowercased() == record.name.lowercased()
        ? ShellActivation.unchanged(shell) : try context.activationCode(of: who, for: shell)
      try context.emit(code)
    }
    return 0
  }

  private func login(
    _ chain: Chain, _ configuration: Configuration, _ context: CommandContext, since start: Instant
  ) async throws(AuthError) {
    let credential = try await context.session(for: chain, in: configuration, force: true)
    context.tellLogin(
      chain: chain, credential: credential, catalog: try configuration.readableCatalog())
    await context.provisionIdentities(after: chain, in: configuration, since: start)
    await context.setUpIntegrations(after: chain, credential, in: configuration)
  }

  private func identity(_ context: CommandContext) async throws(AuthError) -> Resolution {
    if let name { return try context.identity(named: name, by: .argument) }
    if let tags {
      return try await context.identity(tagged: ConfigurationFlags.list([tags]))
    }
    return try await context.requiredIdentity()
  }
}
