public import Core

/// What this build knows: every cloud, and every kind.
public struct Registry: Sendable {
  /// The clouds.
  public var clouds: [Cloud]
  private let otherKinds: @Sendable () -> [Kind]

  /// Creates a registry of clouds, and of kinds that are of no cloud.
  public init(clouds: [Cloud], otherKinds: @escaping @Sendable () -> [Kind]) {
    self.clouds = clouds
    self.otherKinds = otherKinds
  }

  /// All kinds, each with the name of its cloud.
  ///
  /// They are made when they are asked for: the commands that programs run answer without them.
  public var kinds: KindRegistry {
    KindRegistry(
      clouds.flatMap { cloud in
        cloud.kinds().map { kind in
          var kind = kind
          kind.cloud = cloud.name
          return kind
        }
      } + otherKinds())
  }

  /// The cloud called `name`; `nil` if there is none.
  public func cloud(_ name: String?) -> Cloud? {
    name.flatMap { name in clouds.first { $0.name == name } }
  }

  /// What a program that asks for a credential is given; `nil` if no cloud's programs take it.
  public func processAnswer(_ credential: Credential) -> Secret? {
    for cloud in clouds {
      if let answer = cloud.processAnswer(credential) { return answer }
    }
    return nil
  }

  /// The login to a container registry, by its host; `nil` if no cloud has one of that name.
  public func registryLogin(_ host: String) -> (any RegistryLogin)? {
    for cloud in clouds {
      if let login = cloud.registryLogin(host) { return login }
    }
    return nil
  }

  /// Access to a Kubernetes cluster, by its name and region; `nil` if no cloud has such.
  public func clusterAccess(
    _ name: String, region: String, _ place: KubeconfigPlace
  ) -> (any ClusterAccess)? {
    for cloud in clouds {
      if let access = cloud.clusterAccess(name, region, place) { return access }
    }
    return nil
  }

  /// The variables that are never secret, of every cloud.
  public var plainVariables: Set<String> {
    clouds.reduce(into: []) { plain, cloud in
      plain.formUnion(cloud.variables.plain)
      plain.formUnion(cloud.variables.redirecting)
    }
  }
}
