import ArgumentParser
import Core

/// A command that works on a context: what it reads, writes and asks is passed in.
protocol ContextCommand: ParsableCommand {
  /// Options that every command takes.
  var global: GlobalOptions { get }

  /// Whether `--format json` or its like was given, so that errors are told as JSON too.
  var wantsJSON: Bool { get }

  /// Does the work.
  ///
  /// - Returns: The exit status.
  func run(_ context: CommandContext) async throws(AuthError) -> Int32
}

extension ContextCommand {
  var wantsJSON: Bool { false }
}
