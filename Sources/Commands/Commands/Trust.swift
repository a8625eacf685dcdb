import Application
import ArgumentParser
import Core

/// `atmos-auth allow`: lets a directory choose the identity that its file names.
struct Allow: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "allow",
    abstract: "Trust the .atmos-identity of a directory.",
    discussion: """
      The grant covers this directory, the identity it names, and what that identity does (roles,
      endpoints, commands). When one of them changes, it asks again and shows the difference.

      With `--identity` it allows no file, only the commands (`!exec`, the keyring's) that this
      identity needs.

        $ cd stacks/dev && atmos-auth allow
        $ atmos-auth allow -i dev
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: "The directory; the nearest .atmos-identity at or above it counts.",
    completion: .directory)
  var directory: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await TrustRequest(directory: directory).allow(context)
  }
}

/// `atmos-auth deny`: refuses a directory's file for good.
struct Deny: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "deny",
    abstract: "Refuse the .atmos-identity of a directory, without being asked again.",
    discussion: """
        $ atmos-auth deny ~/src/not-mine
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: "The directory; the nearest .atmos-identity at or above it counts.",
    completion: .directory)
  var directory: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try TrustRequest(directory: directory).deny(context)
  }
}

/// `atmos-auth revoke`: forgets what was decided about a directory.
struct Revoke: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "revoke",
    abstract: "Forget what was allowed or denied for a directory.",
    discussion: """
        $ atmos-auth revoke stacks/dev
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: "The directory; the nearest .atmos-identity at or above it counts.",
    completion: .directory)
  var directory: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try TrustRequest(directory: directory).revoke(context)
  }
}

/// `atmos-auth prune`: forgets grants whose directory is gone, and sessions that ended long ago.
struct Prune: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "prune",
    abstract: "Forget grants whose directory is gone, and sessions that ended long ago.",
    discussion: """
      A session is removed a week after its end; one that may hold what renews it, such as a
      refresh token, after three months.

        $ atmos-auth prune
      """)

  @OptionGroup var global: GlobalOptions

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try TrustRequest.prune(context)
  }
}

/// `atmos-auth status`: explains who this shell is here, and why.
struct Status: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Explain which identity applies in this directory, and why.",
    discussion: """
      Shows the file that decides, whether it is trusted and why, what `allow` would grant, which
      variables the hook set and what it will put back.

        $ atmos-auth status
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: "The directory; the working directory when left out.",
    completion: .directory)
  var directory: String?

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await StatusReport(directory: directory).run(context)
  }
}
