import Application
import ArgumentParser
import Core

/// `atmos-auth use`: changes the identity of the current shell.
struct Use: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "use",
    abstract: "Act as an identity in this shell, whatever the directory says.",
    discussion: """
      Needs the hook. The choice holds until `use --auto`. `use -` goes back to the previous \
      identity, and `use none` acts as no identity.

        $ atmos-auth use dev
        $ atmos-auth use                 # choose from a list
        $ atmos-auth use --tags prod     # choose among those with a tag
        $ atmos-auth use -
        $ atmos-auth use --auto
        $ atmos-auth use dev --dir       # also write and allow .atmos-identity here
      """)

  @OptionGroup var global: GlobalOptions

  @Argument(
    help: ArgumentHelp("Identity to act as, `-` or `none`.", valueName: "identity"),
    completion: .names(of: .identity))
  var name: String?

  @Flag(help: "Let the directory decide again.")
  var auto = false

  @Flag(help: "Also write .atmos-identity in this directory, and allow it.")
  var dir = false

  @Option(
    help: ArgumentHelp("Choose among identities with any of these tags.", valueName: "a,b"),
    completion: .list(of: .identityTag))
  var tags: String?

  @Flag(help: .hidden)
  var fromEnvironment = false

  @Option(help: .hidden, transform: ShellKind.hooked(named:))
  var shell: ShellKind?

  // The process number of a shell in which a REPL has ended.
  @Option(help: .hidden)
  var kept: String?

  func validate() throws {
    guard [name, tags, global.identity, auto ? "" : nil].compactMap({ $0 }).count <= 1 else {
      throw ValidationError(
        "mutually exclusive flags provided: name one of identity, --identity, --tags, --auto")
    }
  }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    if let kept, let shell { return try await keep(kept, shell, context) }
    return try await UseRequest(
      name: name, isAuto: auto, writesDirectory: dir, isFromEnvironment: fromEnvironment,
      tags: tags.map { ConfigurationFlags.list([$0]) } ?? [], shell: shell
    ).run(context)
  }

  private func keep(
    _ number: String, _ shell: ShellKind, _ context: CommandContext
  ) async throws(AuthError) -> Int32 {
    let kept = KeptIdentity(shell: number, paths: context.paths)
    guard let (request, flags) = try kept?.take(for: shell) else {
      try context.emit(ShellActivation.unchanged(shell))
      return 0
    }
    return try await request.run(context.next(flags))
  }
}

extension ShellKind {
  /// The shell called `name`, for the hidden `--shell` of the hook's function.
  static func hooked(named name: String) throws -> ShellKind {
    guard let shell = ShellKind(rawValue: name), hooked.contains(shell) else {
      throw ValidationError("no hook for shell: \(name)")
    }
    return shell
  }
}
