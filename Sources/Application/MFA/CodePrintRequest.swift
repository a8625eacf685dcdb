import AuthConfiguration
package import Core
import Model
import Terminal

/// What `mfa code` does, apart from the command line: prints a code of an identity's device.
package struct CodePrintRequest {
  package var device: String?

  /// Creates it from its parts.
  package init(device: String?) {
    self.device = device
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let who = try await context.requiredIdentity()
    try await context.approve(who)
    let (device, name): (String, String)
    if let given = self.device {
      (device, name) = (given, who.record.name)
    } else {
      (device, name) = try await context.mfaDevice(for: who)
    }
    let full = try who.configuration.full()
    let sources = full.definition(.identity, name).flatMap { full.codeSources(of: $0) }
    var effects = try context.effects(in: who.configuration)
    // Nobody types a code to have it printed.
    (effects.interaction, effects.desktop) = (nil, nil)
    let request = CodeRequest(device: device, identity: name, sources: sources)
    let supply = effects.codes.codes(for: request, effects: effects)
    guard let code = try await supply.next(after: nil) else {
      throw AuthError(.loginRequired, "there is no code of \(DisplayText.sanitized(device))")
    }
    try await context.writeDown(
      HandOut(.mfaCode, .token, of: who.record, nil), in: who.configuration)
    try context.emit(code.revealed() + "\n")
    return 0
  }
}
