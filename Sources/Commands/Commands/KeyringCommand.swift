import Application
import ArgumentParser
import Core
import Keyrings
import Terminal

/// `atmos-auth keyring`: where long-lived secrets are.
struct KeyringCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keyring",
    abstract: "Manage the keyring, which holds long-lived secrets.",
    subcommands: [KeyringStatusCommand.self, KeyringLock.self, KeyringMigrate.self])
}

/// `atmos-auth keyring status`.
struct KeyringStatusCommand: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show which keyring is in use, where it is and whether it is unlocked.",
    usage: "atmos-auth keyring status [<options>]",
    discussion: """
      Does not ask for a password and does not unlock anything.

        $ atmos-auth keyring status
        $ atmos-auth keyring status -o json
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  @Option(
    name: [.long, .short, .customLong("format")],
    help: "Output format.")
  var output: OutputForm = .text

  var wantsJSON: Bool { output == .json }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let condition = try await context.keyring(in: context.configuration).inspect()
    let status = KeyringStatus(condition: condition, now: context.now)
    switch output {
    case .text: try context.emit(status.text(on: context.out))
    case .json: try context.emit(status.json)
    }
    return 0
  }
}

/// `atmos-auth keyring lock`.
struct KeyringLock: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "lock",
    abstract: "Forget the session key, so that the next command must unlock the keyring.",
    usage: "atmos-auth keyring lock [<options>]",
    discussion: """
      The kernel forgets the session keys of all your keyrings. The desktop's own keyring is left \
      alone; lock it on the desktop. Shells keep the credentials they have.

        $ atmos-auth keyring lock
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let mark = context.err.symbol("✓", plain: "ok")
    switch KeyringFactory.lock() {
    case nil: context.say("\(mark) locked: this system's kernel does not keep keys")
    case 0: context.say("\(mark) locked: no key was kept")
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
      FROM and TO are `system`, `file` or `command`. All entries are copied, the copies are read \
      back and compared, and only then are the originals removed. You can interrupt it at any \
      time and run it again.

        $ atmos-auth keyring migrate file system --dry-run
        $ atmos-auth keyring migrate file system
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  @Argument(help: "Keyring to move the entries from.")
  var from: Backend

  @Argument(help: "Keyring to move the entries to.")
  var to: Backend

  @Flag(help: "Also keep the entries in the first keyring.")
  var keep = false

  @Flag(help: "Replace entries that have another value in the second keyring.")
  var replace = false

  @Flag(help: "Show what would be done, without doing it.")
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
