import AuthConfiguration
import Core
package import Model
import Terminal

extension CommandContext {
  /// Sets up what belongs to an identity or provider, after a login to it.
  ///
  /// A failure is a warning with the command that repeats it, and does not fail the login.
  package func setUpIntegrations(
    after chain: Chain, _ credential: Credential, in configuration: Configuration
  ) async {
    await eachIntegration(of: chain.target.kind.section, chain.target.name, in: configuration) {
      (linked, effects) async throws(AuthError) -> String? in
      guard linked.isAutomatic else { return nil }
      return try await linked.integration.setUp(
        IntegrationRequest(
          identity: chain.target.name, credential: credential, effects: effects))
    }
  }

  /// Takes back what was set up for an identity or provider.
  func takeBackIntegrations(
    of section: Kind.Section, _ name: String, in configuration: Configuration
  ) async {
    await eachIntegration(of: section, name, in: configuration) {
      (linked, effects) async throws(AuthError) -> String? in
      try await linked.integration.takeBack(effects)
    }
  }

  private func eachIntegration(
    of section: Kind.Section, _ name: String, in configuration: Configuration,
    _ act: (LinkedIntegration, Effects) async throws(AuthError) -> String?
  ) async {
    guard let full = try? configuration.full() else { return }
    for integration in full.integrations(of: section, name, kinds: configuration.kinds) {
      var again: [String]?
      do throws(AuthError) {
        let linked = try full.integration(
          named: integration, kinds: configuration.kinds, commands: configuration.commandAccess)
        again = linked.integration.repeatCommand
        guard let line = try await act(linked, try effects(in: configuration)) else { continue }
        say("\(err.symbol("✓", plain: "ok")) \(line)")
      } catch {
        let cause = error.cause.map { ": \($0)" } ?? ""
        say("warning: integration \(integration): \(error.message)\(cause)")
        let repeating = again.map { "`\(ShellQuoting.typed(command: $0))` repeats it" }
        for hint in error.hints + [repeating].compactMap(\.self) { say("  \(hint)") }
      }
    }
  }
}
