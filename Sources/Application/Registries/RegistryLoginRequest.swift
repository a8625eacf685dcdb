import AuthConfiguration
package import Core
import Model
import Terminal

/// What `ecr-login` does, apart from the command line: logins to registries of container images.
package struct RegistryLoginRequest {
  /// The names of the integrations; empty means all those of the acting identity.
  package var names: [String]
  /// Registries that no integration names, by their hosts.
  package var hosts: [String]

  /// Creates it from its parts.
  package init(names: [String], hosts: [String] = []) {
    self.names = names
    self.hosts = hosts
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let request = IntegrationsRequest(
      names: names, what: "a login to a registry", command: "ecr-login",
      isMeant: { $0 is any RegistryLogin })
    guard !hosts.isEmpty else { return try await request.run(context) }
    var extra: [LinkedIntegration] = []
    for host in hosts {
      var text = host[...]
      if text.hasPrefix("https://") { text = text.dropFirst(8) }
      let name = text.prefix { $0 != "/" }.lowercased()
      guard let login = context.registry.registryLogin(name) else {
        throw AuthError(
          .usage, "`\(DisplayText.sanitized(host, limit: 200))` is not a registry of ECR",
          hints: ["it looks like `123456789012.dkr.ecr.eu-west-1.amazonaws.com`"])
      }
      extra.append(LinkedIntegration(name: login.host, integration: login, isAutomatic: false))
    }
    return try await request.run(context, with: extra)
  }
}
