import AuthConfiguration
package import Core
package import Model
import Sessions
import Terminal

extension CommandContext {
  /// Writes down the identities that a login has opened, where the provider's definition asks for
  /// it; a failure is reported and does not fail the login.
  ///
  /// A login that was there before opens nothing new, unless nothing was ever written down here.
  package func provisionIdentities(
    after chain: Chain, in configuration: Configuration, since start: Instant
  ) async {
    let first = chain.links[0]
    guard let source = first.source as? any ProvisioningSource, source.provisionsIdentities else {
      return
    }
    do throws(AuthError) {
      let login = Chain(realm: chain.realm, links: [first])
      let effects = try effects(in: configuration)
      let manager = SessionManager(
        store: try sessionStore(in: configuration), effects: effects)
      guard let credential = try await manager.remembered(for: login) else { return }
      let isMissing = !FileSystem.exists(source.provisionedPath(paths))
      guard chain.links.count == 1 || credential.issuedAt >= start || isMissing else { return }
      let made = try await source.provisionIdentities(with: credential, effects: effects)
      say(
        "\(err.symbol("✓", plain: "ok")) \(made.identities) identities in \(made.accounts) accounts "
          + "of \(first.name); see them with `atmos-auth list`")
    } catch {
      let cause = error.cause.map { ": \($0)" } ?? ""
      say("warning: the identities of \(first.name) are not up to date: \(error.message)\(cause)")
    }
  }
}
