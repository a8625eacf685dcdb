import Application
import ArgumentParser
import Core
import Keyrings
import Terminal

/// `atmos-auth keyring`: where long-lived secrets are.
struct KeyringCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keyring",
    abstract: "Look after the place where long-lived secrets are.",
    subcommands: [KeyringStatusCommand.self, KeyringLock.self, KeyringMigrate.self])
}

/// `atmos-auth keyring status`.
struct KeyringStatusCommand: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show which keyring is used, where it is and whether it is unlocked.",
    discussion: """
      Asks nobody for a password and unlocks nothing.

        $ atmos-auth keyring status
        $ atmos-auth keyring status -o json
      """)

  @OptionGroup var global: GlobalOptions

  @Option(
    name: [.long, .short, .customLong("format")],
    help: "The form of the output: text, or json on standard output.")
  var output: Form = .text

  enum Form: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  var wantsJSON: Bool { output == .json }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let condition = try await context.keyring(in: context.configuration).inspect()
    let status = KeyringStatus(condition: condition, now: context.now)
    switch output {
    case .text: context.err.write(status.text(on: context.err))
    case .json: try context.emit(status.json)
    }
    return 0
  }
}

/// `atmos-auth keyring lock`.
struct KeyringLock: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock",
    abstract: "Forget the unlocked key, so that the next command has to open the keyring again.",
    discussion: """
      Makes the kernel forget the session key of every keyring of yours. A desktop's keyring itself
      stays as it is; lock that on the desktop. Shells keep the credentials they were given.

        $ atmos-auth keyring lock
      """)

  @OptionGroup var global: GlobalOptions

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let mark = context.err.symbol("✓", plain: "ok")
    switch KeyringFactory.lock() {
    case nil: context.say("\(mark) locked: this system's kernel remembers no keys")
    case 0: context.say("\(mark) locked: nothing was remembered")
    default: context.say("\(mark) locked")
    }
    return 0
  }
}

/// `atmos-auth keyring migrate`.
struct KeyringMigrate: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Move all entries from one keyring to another.",
    discussion: """
      FROM and TO are `system`, `file` or `command`. Every entry is copied, then every copy is read
      back and compared, and only then is anything removed. It can be interrupted and started again
      at any time.

        $ atmos-auth keyring migrate file system --dry-run
        $ atmos-auth keyring migrate file system
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(help: "The keyring to move from.")
  var from: Backend

  @Argument(help: "The keyring to move to.")
  var to: Backend

  @Flag(help: "Leave the entries in the keyring they come from as well.")
  var keep = false

  @Flag(help: "Replace entries that have another value in the keyring they go to.")
  var replace = false

  @Flag(help: "Show what would be done, and do nothing.")
  var dryRun = false

  enum Backend: String, ExpressibleByArgument, CaseIterable {
    case system
    case file
    case command
    case memory
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await MigrationRequest(
      source: from.rawValue, destination: to.rawValue, keeps: keep, replaces: replace,
      isDryRun: dryRun
    ).run(context)
  }
}
