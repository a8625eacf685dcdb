package import Core
import Keyrings
import Terminal

/// What `keyring migrate` does, apart from the command line.
package struct MigrationRequest {
  package var source: String
  package var destination: String
  package var keeps: Bool
  package var replaces: Bool
  package var isDryRun: Bool

  /// Creates it from its parts.
  package init(source: String, destination: String, keeps: Bool, replaces: Bool, isDryRun: Bool) {
    self.source = source
    self.destination = destination
    self.keeps = keeps
    self.replaces = replaces
    self.isDryRun = isDryRun
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    for type in [source, destination] where type == "memory" {
      throw AuthError(.usage, "the `memory` keyring ends with the process; nothing can be moved")
    }
    guard source != destination else {
      throw AuthError(
        .usage, "the keyring to move from and the one to move to are both `\(source)`")
    }
    let migration = KeyringMigration(
      from: try context.keyring(source, in: context.configuration, remembers: false),
      to: try context.keyring(destination, in: context.configuration, remembers: false))
    let steps = try await migration.plan()
    guard !steps.isEmpty else {
      context.say("the \(source) keyring has no entries of atmos or atmos-auth")
      return 0
    }
    if isDryRun {
      show(steps, context)
      return 0
    }
    try check(steps)
    try await migration.copy(steps)
    let entries = steps.count == 1 ? "1 entry" : "\(steps.count) entries"
    if keeps {
      context.say("\(mark(context)) copied \(entries) from \(source) to \(destination)")
    } else {
      try await migration.removeFromSource(steps)
      context.say("\(mark(context)) moved \(entries) from \(source) to \(destination)")
    }
    if try context.keyringType() != destination {
      context.say(
        "To use it: `auth.keyring.type: \(destination)` in atmos.yaml, or "
          + "`export ATMOS_KEYRING_TYPE=\(destination)`")
    }
    return 0
  }

  private func show(_ steps: [KeyringMigration.Step], _ context: CommandContext) {
    for step in steps {
      switch step.state {
      case .missing: context.say("Would copy: \(step.name)")
      case .same: context.say("Already there: \(step.name)")
      case .different: context.say("Would replace another value: \(step.name)")
      }
      if !keeps { context.say("Would remove from \(source): \(step.name)") }
    }
  }

  private func check(_ steps: [KeyringMigration.Step]) throws(AuthError) {
    let others = steps.filter { $0.state == .different }.map(\.name)
    guard !replaces, !others.isEmpty else { return }
    throw AuthError(
      .refused,
      "the \(destination) keyring has other values for \(others.joined(separator: ", "))",
      hints: ["nothing was changed; `--replace` replaces them with those of \(source)"])
  }

  private func mark(_ context: CommandContext) -> String {
    context.err.symbol("✓", plain: "ok")
  }
}
