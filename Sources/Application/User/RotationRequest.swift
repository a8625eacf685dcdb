import AWS
import AuthConfiguration
package import Core
import Model
import Terminal

/// What `user rotate` does, apart from the command line.
package struct RotationRequest {
  package var deactivates = false
  package var obstacle: String?
  package var isDryRun = false

  /// Creates it from its parts.
  package init(deactivates: Bool = false, obstacle: String? = nil, isDryRun: Bool = false) {
    self.deactivates = deactivates
    self.obstacle = obstacle
    self.isDryRun = isDryRun
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let who = try await context.userIdentity("Choose an identity whose keys to rotate")
    let rotation = KeyRotation(
      of: try context.userKeys(of: who), removal: deactivates ? .deactivate : .delete,
      obstacle: obstacle)
    if isDryRun {
      for step in try await rotation.plan() { context.say("Would \(step)") }
      return 0
    }
    return try await context.replacingKeys(of: who) { () async throws(AuthError) in
      let outcome = try await rotation.run()
      let mark = context.err.styled(context.err.symbol("✓", plain: "ok"), .good)
      let what =
        outcome.resumedFrom.map { "Finished the rotation of \(LocalTime.text($0)) for" }
        ?? "Rotated the access keys of"
      context.err.write(
        "\(mark) \(what) \(DisplayText.sanitized(who.record.name)): \(outcome.oldID) is replaced by "
          + "\(outcome.newID)\n")
      return 0
    }
  }
}
