import AuthConfiguration
package import Core
import Model
import Terminal

/// What `user configure --provider` does: stores the password of a sign-in page.
package struct PasswordConfiguration {
  /// The provider's name.
  package var provider: String

  /// Creates it from its parts.
  package init(provider: String) { self.provider = provider }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try context.requirePerson(for: "user configure")
    let configuration = context.configuration
    try await context.approve(provider: provider, in: configuration)
    let link = try configuration.chain(forProvider: provider).target
    guard let source = link.source as? any PasswordSource else {
      throw AuthError(
        .usage,
        "provider `\(link.name)` takes no password from the keyring: it is of kind \(link.kind.name)"
      )
    }
    guard let user = source.passwordUser else {
      throw AuthError(
        .badConfiguration, "provider `\(link.name)` does not say whose password it is",
        hints: ["set `username` of the provider"])
    }
    let effects = try context.effects(in: configuration)
    let password =
      if let terminal = context.personAtInput {
        try await terminal.ask(
          "Password of \(DisplayText.sanitized(user)) at `\(link.name)`: ", hidden: true)
      } else {
        try Self.standardInput(context)
      }
    guard !password.isEmpty else {
      throw AuthError(.usage, "the password is empty; nothing was stored")
    }
    let entry = KeyringEntry.password(
      realm: try configuration.readableCatalog().realm, provider: link.name)
    try await effects.keyring.write(password, entry)
    effects.origins.didStore(entry, for: link.name)
    context.say(
      "\(context.err.symbol("✓", plain: "ok")) Saved the password to keyring: \(link.name)")
    if let mark = source.givenPassword {
      context.say(
        "warning: \(mark.file):\(mark.line) also gives a password for \(link.name), which is used "
          + "instead of this one")
    }
    return 0
  }

  /// What standard input holds: one line.
  private static func standardInput(_ context: CommandContext) throws(AuthError) -> Secret {
    guard let secret = context.system.input(1024), !secret.withBytes({ $0.contains(0x0A) }) else {
      throw AuthError(
        .usage, "standard input holds more than a password",
        hints: ["give the password alone, on one line"])
    }
    return secret
  }
}
