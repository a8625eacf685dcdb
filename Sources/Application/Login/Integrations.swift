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
      do throws(AuthError) {
        return try await linked.integration.setUp(
          IntegrationRequest(
            identity: chain.target.name, credential: credential, effects: effects))
      } catch {
        guard let again = linked.integration.repeatCommand else { throw error }
        throw error.hint("`\(effects.typed(again))` repeats it")
      }
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

  /// The integrations of an identity or provider; none where the configuration cannot be read.
  func integrations(
    of section: Kind.Section, _ name: String, in configuration: Configuration
  ) -> [String] {
    (try? configuration.full())?.integrations(of: section, name, kinds: configuration.kinds) ?? []
  }

  private func eachIntegration(
    of section: Kind.Section, _ name: String, in configuration: Configuration,
    _ act: (LinkedIntegration, Effects) async throws(AuthError) -> String?
  ) async {
    for integration in integrations(of: section, name, in: configuration) {
      do throws(AuthError) {
        let linked = try configuration.full().integration(
          named: integration, kinds: configuration.kinds, commands: configuration.approvedAccess)
        guard let line = try await act(linked, try effects(in: configuration)) else { continue }
        say("\(err.symbol("✓", plain: "ok")) \(line)")
      } catch {
        let cause = error.cause.map { ": \($0)" } ?? ""
        say("warning: integration \(integration): \(error.message)\(cause)")
        for hint in error.hints { say("  \(hint)") }
      }
    }
  }
}
