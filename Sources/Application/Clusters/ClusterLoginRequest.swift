import AuthConfiguration
package import Core
import Model

/// What `eks-kubeconfig` does, apart from the command line: writes clusters into kubeconfigs.
package struct ClusterLoginRequest {
  /// A cluster that no integration names.
  package struct Named {
    /// Its name.
    package var name: String
    /// Its region.
    package var region: String
    /// What the context is called; `nil` for the cluster's own name.
    package var alias: String?
    /// The kubeconfig; `nil` for our own one.
    package var kubeconfig: String?

    /// Creates it from its parts.
    package init(
      name: String, region: String, alias: String? = nil, kubeconfig: String? = nil
    ) {
      self.name = name
      self.region = region
      self.alias = alias
      self.kubeconfig = kubeconfig
    }
  }

  /// The names of the integrations; empty means all those of the acting identity.
  package var names: [String]
  /// A cluster that no integration names.
  package var cluster: Named?
  /// Whether the entries are only shown.
  package var isDryRun: Bool

  /// Creates it from its parts.
  package init(names: [String], cluster: Named? = nil, isDryRun: Bool = false) {
    self.names = names
    self.cluster = cluster
    self.isDryRun = isDryRun
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let request = IntegrationsRequest(
      names: names, what: "a cluster", command: "eks-kubeconfig",
      isMeant: { $0 is any ClusterAccess }, isDryRun: isDryRun)
    guard let cluster else { return try await request.run(context) }
    // Relative to where it was typed, which an integration's is not.
    let path = cluster.kubeconfig.map { given in
      given.hasPrefix("~/")
        ? given : context.absolute(given.hasPrefix("./") ? String(given.dropFirst(2)) : given)
    }
    let place = KubeconfigPlace(path: path, mode: nil, update: .merge, alias: cluster.alias)
    let access = context.registry.clusterAccess(cluster.name, region: cluster.region, place)
    guard let access else {
      throw AuthError(
        .notSupported, "no cloud of this release has clusters that are known by name and region")
    }
    let linked = LinkedIntegration(
      name: "\(cluster.name)@\(cluster.region)", integration: access, isAutomatic: false)
    return try await request.run(context, with: [linked])
  }
}
