import Application
import ArgumentParser
import Core

/// A command that works on a context: what it reads, writes and asks is passed in.
protocol PlainCommand: ParsableCommand {
  /// Where configuration is and which identity to use.
  var flags: ConfigurationFlags { get }

  /// The log's level and file.
  var logSettings: LogSettings { get }

  /// Whether `--format json` or its like was given, so that errors are reported as JSON too.
  var wantsJSON: Bool { get }

  /// Whether it acts as no identity, so that `--identity` would have no effect.
  static var actsAsNobody: Bool { get }

  /// Does the work.
  ///
  /// - Returns: The exit status.
  func run(_ context: CommandContext) async throws(AuthError) -> Int32
}

extension PlainCommand {
  var wantsJSON: Bool { false }
  static var actsAsNobody: Bool { false }

  /// Refuses an identity that would have no effect: whoever gives one expects something else.
  func checkIdentity() throws(AuthError) {
    guard Self.actsAsNobody, flags.identity != .unstated else { return }
    // As it is typed: `keyring lock`, not `lock`.
    let name = (Self.configuration.usage ?? "").split(separator: " ").dropFirst()
      .prefix { !$0.hasPrefix("[") && !$0.hasPrefix("<") }.joined(separator: " ")
    var error = AuthError(.usage, "`\(name)` acts as nobody, so `--identity` has no effect on it")
    if Self.self == List.self { error = error.hint("`--identities NAME` lists one identity") }
    throw error.hint("leave the option out")
  }
}

/// A command with the options that nearly every command takes.
protocol ContextCommand: PlainCommand {
  /// What it does with `--identity`.
  associatedtype Use: IdentityUse

  /// Options that nearly every command takes.
  var global: SharedOptions<Use> { get }
}

extension ContextCommand {
  static var actsAsNobody: Bool { Use.self == ActsAsNobody.self }
  var flags: ConfigurationFlags { global.flags }
  var logSettings: LogSettings { global.process.logSettings }
}
