import Application
import ArgumentParser
import Core

/// `atmos-auth allow`: lets a directory choose the identity that its file names.
struct Allow: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "allow",
    abstract: "Trust the .atmos-identity of a directory.",
    usage: "atmos-auth allow [<options>] [<directory>]",
    discussion: """
      The grant covers the directory, the identity it names, and what that identity does (roles, \
      endpoints, commands). When any of these changes, you are shown the difference and asked to \
      allow it again. In a unit of terragrunt's without such a file, it covers the choice by the \
      role that the unit's files name.

      `--identity`, `--provider` and `--stack` allow one definition of the checkout's configuration \
      instead of a file, for commands that name it, and `--account` allows `assume` an account of \
      its accounts file. `--all` allows every definition and every file, and no account.

        $ cd stacks/dev && atmos-auth allow
        $ atmos-auth allow -i dev
        $ atmos-auth allow --account prod --role Deploy
        $ atmos-auth allow -i dev --with-keys
      """)

  @OptionGroup var global: SharedOptions<TrustsIdentity>

  @Argument(
    help: "Directory whose nearest .atmos-identity is used; default: this one.",
    completion: .directory)
  var directory: String?

  @Option(
    help: ArgumentHelp("Provider instead of a directory.", valueName: "name"),
    completion: .names(of: .provider))
  var provider: String?

  @Option(help: ArgumentHelp("Stack instead of a directory.", valueName: "name"))
  var stack: String?

  @Option(
    help: ArgumentHelp(
      "Account of an accounts file instead of a directory.", valueName: "account"))
  var account: String?

  @Option(help: ArgumentHelp("Role in that account; default: the file's.", valueName: "role"))
  var role: String?

  @Option(
    help: ArgumentHelp("Accounts file; default: the one that `assume` finds.", valueName: "file"),
    completion: .file())
  var accounts: String?

  @Flag(help: "Allow every identity and every .atmos-identity of the configuration.")
  var all = false

  @Option(help: "Allow the identity only if it has this fingerprint.")
  var fingerprint: String?

  @Flag(help: "Let the identity use keys and seeds that were stored for another one.")
  var withKeys = false

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    guard account != nil || role == nil && accounts == nil else {
      throw AuthError(
        .usage, "`--role` and `--accounts` need an account",
        hints: ["`atmos-auth allow --account NAME`"])
    }
    return try await TrustRequest(
      directory: directory, provider: provider, stack: stack,
      account: account.map { AccountChoice(account: $0, role: role, accounts: accounts) }, all: all,
      fingerprint: fingerprint, withKeys: withKeys
    ).allow(context)
  }
}

/// `atmos-auth deny`: refuses a directory's file for good.
struct Deny: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "deny",
    abstract: "Refuse the .atmos-identity of a directory without being asked again.",
    usage: "atmos-auth deny [<options>] [<directory>]",
    discussion: """
        $ atmos-auth deny ~/src/not-mine
        $ atmos-auth deny -i dev
      """)

  @OptionGroup var global: SharedOptions<TrustsIdentity>

  @Argument(
    help: "Directory whose nearest .atmos-identity is used; default: this one.",
    completion: .directory)
  var directory: String?

  @Option(
    help: ArgumentHelp("Provider instead of a directory.", valueName: "name"),
    completion: .names(of: .provider))
  var provider: String?

  @Option(help: ArgumentHelp("Stack instead of a directory.", valueName: "name"))
  var stack: String?

  @Option(
    help: ArgumentHelp(
      "Account of an accounts file instead of a directory.", valueName: "account"))
  var account: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try TrustRequest(
      directory: directory, provider: provider, stack: stack,
      account: account.map { AccountChoice(account: $0) }
    ).deny(context)
  }
}

/// `atmos-auth revoke`: forgets what was decided about a directory.
struct Revoke: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Forget what was allowed or denied for a directory.",
    usage: "atmos-auth revoke [<options>] [<directory>]",
    discussion: """
        $ atmos-auth revoke stacks/dev
        $ atmos-auth revoke -i dev
        $ atmos-auth revoke --account prod
      """)

  @OptionGroup var global: SharedOptions<TrustsIdentity>

  @Argument(
    help: "Directory whose nearest .atmos-identity is used; default: this one.",
    completion: .directory)
  var directory: String?

  @Option(
    help: ArgumentHelp("Provider instead of a directory.", valueName: "name"),
    completion: .names(of: .provider))
  var provider: String?

  @Option(help: ArgumentHelp("Stack instead of a directory.", valueName: "name"))
  var stack: String?

  @Option(
    help: ArgumentHelp(
      "Account of an accounts file instead of a directory.", valueName: "account"))
  var account: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try TrustRequest(
      directory: directory, provider: provider, stack: stack,
      account: account.map { AccountChoice(account: $0) }
    ).revoke(context)
  }
}

/// `atmos-auth prune`: forgets grants whose directory is gone, and sessions that ended long ago.
struct Prune: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Forget grants whose directory is gone, and sessions that ended long ago.",
    usage: "atmos-auth prune [<options>]",
    discussion: """
      A session is removed one week after its end, or three months after it if it may hold a \
      refresh token.

        $ atmos-auth prune
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try TrustRequest.prune(context)
  }
}

/// `atmos-auth status`: explains which identity applies, and why.
struct Status: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Explain which identity applies in this directory, and why.",
    usage: "atmos-auth status [<options>] [<directory>]",
    discussion: """
      Shows the file that decides, whether it is trusted and why, what `allow` would grant, whether \
      this shell has the hook and its prompt shows the identity, which variables the hook set, and \
      which values it will restore.

        $ atmos-auth status
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  @Argument(
    help: "Directory to explain; default: this one.",
    completion: .directory)
  var directory: String?

  // What the hook's function says of its shell.
  @Option(help: .hidden, transform: ShellKind.hooked(named:))
  var shell: ShellKind?

  @Option(help: .hidden)
  var segment: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let hook = HookReport(shell: shell, segment: segment ?? "")
    return try await StatusReport(directory: directory, hook: hook).run(context)
  }
}
