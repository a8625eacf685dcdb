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
      The last link of the chain is always renewed; the links before it are reused while they are \
      valid. With a name, a shell with the hook then acts as that identity; without one, the \
      directory still decides.

        $ atmos-auth login dev
        ✓ Authentication successful!
        $ atmos-auth login                     # the identity of this directory
        $ atmos-auth login --no-browser --qr   # sign in on a phone
        $ atmos-auth login jane --webflow      # sign in to AWS without access keys
      """)

  @OptionGroup var global: GlobalOptions
  @OptionGroup var signIn: SignInFlags
  @OptionGroup var code: CodeFlags
  @OptionGroup var stack: StackOption

  @Argument(
    help: ArgumentHelp("Identity to log in as.", valueName: "identity"),
    completion: .names(of: .identity))
  var name: String?

  @Option(
    name: [.long, .customShort("p")],
    help: ArgumentHelp("Log in to this provider only.", valueName: "name"),
    completion: .names(of: .provider))
  var provider: String?

  @Option(
    help: ArgumentHelp("Log in as the identity with any of these tags.", valueName: "a,b"),
    completion: .list(of: .identityTag))
  var tags: String?

  @Flag(help: "Sign in in a browser, whatever keys are stored.")
  var webflow = false

  @Option(help: .hidden, transform: ShellKind.hooked(named:))
  var shell: ShellKind?

  func validate() throws {
    guard [name, provider, tags, global.identity].compactMap({ $0 }).count <= 1 else {
      throw ValidationError(
        "mutually exclusive flags provided: name one of identity, --identity, --provider, --tags")
    }
    if webflow, provider != nil {
      throw ValidationError("mutually exclusive flags provided: --webflow and --provider")
    }
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    var context = try stack.added(to: try code.added(to: context))
    context.signIn = signIn.options
    let scope: LoginRequest.Scope =
      if let provider {
        .provider(provider)
      } else if let name {
        .identity(name)
      } else if let tags {
        .tags(ConfigurationFlags.list([tags]))
      } else {
        .chosen
      }
    return try await LoginRequest(scope: scope, shell: shell, signsInInBrowser: webflow).run(
      context)
  }
}
