import AuthConfiguration
package import Core
import Model
import Terminal

/// What `login` does, apart from the command line.
package struct LoginRequest {
  /// What is logged in to.
  package enum Scope {
    case identity(String)
    case provider(String)
    case tags([String])
    /// Whatever `--identity` or a person says.
    case chosen
  }

  package var scope: Scope
  package var shell: ShellKind?
  /// Whether a person signs in in a browser, whatever keys are stored.
  package var signsInInBrowser: Bool

  /// Creates it from its parts.
  package init(scope: Scope, shell: ShellKind? = nil, signsInInBrowser: Bool = false) {
    self.scope = scope
    self.shell = shell
    self.signsInInBrowser = signsInInBrowser
  }

  package func run(_ outer: CommandContext) async throws(AuthError) -> Int32 {
    var context = outer
    context.signIn.waitsWithoutTerminal = namesWhat(outer)
    let start = context.now
    guard context.paths.canKeepState else { throw Self.unkept(context.paths.state) }
    if case .provider(let name) = scope {
      let configuration = context.configuration
      try await context.approve(provider: name, in: configuration)
      try await login(
        try configuration.chain(forProvider: name), nil, configuration, context, since: start)
      return 0
    }
    let who = try await identity(context)
    try await context.approve(who)
    let record = who.record
    var chain = try who.configuration.chain(for: record.name)
    if signsInInBrowser { try signIn(&chain) }
    try await login(chain, record, who.configuration, context, since: start)
    try context.noteUse(of: who)
    try context.recentIdentities(in: who.configuration).note(record.name)
    if let shell { try tell(shell, of: who, context) }
    return 0
  }

  private func signIn(_ chain: inout Chain) throws(AuthError) {
    guard let source = chain.target.source as? any BrowserSignInSource else {
      throw AuthError(
        .usage,
        "`--webflow` is for identities that sign in in a browser; `\(chain.target.name)` is of kind "
          + "\(chain.target.kind.name)",
        hints: [
          "log in without it: `\(ShellQuoting.typed(command: ["atmos-auth", "login", chain.target.name]))`"
        ])
    }
    chain.links[chain.links.count - 1].source = try source.signingIn()
  }

  // Only a name that a person gave pins the shell. Without one the directory still decides, and so
  // it does for the identity that is in use.
  private func tell(
    _ shell: ShellKind, of who: Resolution, _ context: CommandContext
  ) throws(AuthError) {
    let name = who.record.name
    let active = context.surroundings.environment["ATMOS_IDENTITY"] ?? ""
    if active.lowercased() == name.lowercased() {
      try context.emit(ShellActivation.unchanged(shell))
    } else if isNamed(context) {
      try context.emit(context.activationCode(of: who, for: shell))
    } else {
      context.say(
        "This shell does not act as `\(name)`; "
          + "`atmos-auth use \(ShellQuoting.typed(name))` makes it")
      try context.emit(ShellActivation.unchanged(shell))
    }
  }

  private func namesWhat(_ context: CommandContext) -> Bool {
    if case .provider = scope { true } else { isNamed(context) }
  }

  private func isNamed(_ context: CommandContext) -> Bool {
    switch scope {
    case .identity: true
    case .tags, .provider: false
    case .chosen: if case .named = context.flags.identity { true } else { false }
    }
  }

  private static func unkept(_ directory: String) -> AuthError {
    var hints = ["`exec --static` and `env --static` work without one"]
    var refusal: AuthError?
    do throws(AuthError) {
      // It fails as well, and says what refuses.
      try FileSystem.createDirectory(directory)
      hints.append(
        "set HOME, XDG_STATE_HOME or XDG_RUNTIME_DIR to a directory that you can write to")
    } catch {
      refusal = error
    }
    return AuthError(
      .system,
      "a session cannot be kept: nothing can be written to \(DisplayText.sanitized(directory))",
      hints: hints, cause: refusal)
  }

  private func login(
    _ chain: Chain, _ record: IdentityRecord?, _ configuration: Configuration,
    _ context: CommandContext, since start: Instant
  ) async throws(AuthError) {
    let credential = try await context.session(for: chain, in: configuration, force: true)
    try await context.writeDown(HandOut(loginTo: chain, record, credential), in: configuration)
    context.tellLogin(
      chain: chain, credential: credential, catalog: try configuration.readableCatalog())
    await context.provisionIdentities(after: chain, in: configuration, since: start)
    await context.setUpIntegrations(after: chain, credential, in: configuration)
  }

  private func identity(_ context: CommandContext) async throws(AuthError) -> Resolution {
    switch scope {
    case .identity(let name): try context.identity(named: name, by: .argument)
    case .tags(let tags): try await context.identity(tagged: tags)
    case .chosen, .provider: try await context.requiredIdentity()
    }
  }
}
