import AuthConfiguration
import Docker
import Model

extension CommandContext {
  /// The person's files that the integrations of an identity or provider write to after a login.
  ///
  /// - Parameters:
  ///   - name: The identity, or the provider with `provider ` before its name.
  ///   - configuration: The configuration that it is one of.
  /// - Returns: The paths, each once.
  func filesWritten(for name: String, in configuration: Configuration) -> [String] {
    guard let full = try? configuration.full(), let catalog = try? configuration.catalog() else {
      return []
    }
    var links: [(section: Kind.Section, name: String)] = []
    if let record = catalog.find(name) {
      links = record.chain.map { ($0.section, $0.name) }
    } else if name.hasPrefix("provider ") {
      links = [(.provider, String(name.dropFirst("provider ".count)))]
    }
    var found: [String] = []
    for link in links {
      for name in full.integrations(of: link.section, link.name, kinds: configuration.kinds) {
        // What depends on a command's output is not known before that is allowed.
        guard
          let linked = try? full.integration(
            named: name, kinds: configuration.kinds, commands: .refused)
        else { continue }
        found += paths(of: linked.integration, in: configuration)
      }
    }
    var seen: Set<String> = []
    return found.filter { seen.insert($0).inserted }
  }

  private func paths(of integration: any Integration, in configuration: Configuration) -> [String] {
    switch integration {
    case is any RegistryLogin:
      DockerFile.all(in: surroundings.environment, directory: directory).map(\.path)
    case let access as any ClusterAccess:
      (try? kubeconfigPath(access, in: configuration)).map { [$0] } ?? []
    default: []
    }
  }
}
