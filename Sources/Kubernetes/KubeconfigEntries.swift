import Core
package import Model

/// What the entries of one cluster are called.
package struct KubeconfigNames: Equatable, Sendable {
  /// The name of the context.
  package var context: String
  /// The name of the cluster.
  package var cluster: String
  /// The name of the user.
  package var user: String

  /// Creates them.
  package init(context: String, cluster: String, user: String) {
    self.context = context
    self.cluster = cluster
    self.user = user
  }
}

/// What we keep in a kubeconfig for one cluster.
package struct KubeconfigEntries: Sendable {
  /// The program that gives tokens.
  package struct Program: Sendable {
    /// Its absolute path.
    package var path: String
    /// Its arguments.
    package var arguments: [String]
    /// The variables that it is given.
    package var variables: [(name: String, value: String)] = []
    /// Variables that only we write: of an entry that is there, those that it is not given any more
    /// are taken away.
    package var ownVariables: [String] = []

    /// Creates it from its path and arguments.
    package init(_ path: String, _ arguments: [String]) {
      self.path = path
      self.arguments = arguments
    }
  }

  /// The cluster.
  package var cluster: Cluster
  /// What they are called.
  package var names: KubeconfigNames
  /// The program that gives tokens.
  package var program: Program

  /// Creates them from their parts.
  package init(cluster: Cluster, context: String, user: String, program: Program) {
    self.cluster = cluster
    self.program = program
    names = KubeconfigNames(context: context, cluster: cluster.name, user: user)
  }

  /// The entries of the cluster, the context and the user over what stands there.
  func clusterItem(over present: ConfigNode?) -> YAMLItem {
    YAMLItem(
      name: names.cluster, key: "cluster",
      content: YAMLItem.Value.map(
        [
          (key: "certificate-authority-data", value: cluster.authority.map { .text($0) }),
          (key: "server", value: .text(cluster.server)),
        ], over: present))
  }

  func contextItem(over present: ConfigNode?) -> YAMLItem {
    YAMLItem(
      name: names.context, key: "context",
      content: YAMLItem.Value.map(
        [(key: "cluster", value: .text(names.cluster)), (key: "user", value: .text(names.user))],
        over: present))
  }

  // https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
  func userItem(over present: ConfigNode?) -> YAMLItem {
    let exec = YAMLItem.Value.map(
      [
        (key: "apiVersion", value: .text("client.authentication.k8s.io/v1beta1")),
        (key: "args", value: .list(program.arguments.map { .text($0) })),
        (key: "command", value: .text(program.path)),
        (key: "env", value: environment(over: present?["exec", "env"])),
        (key: "interactiveMode", value: .text("Never")),
        (key: "provideClusterInfo", value: .flag(false)),
      ], over: present?["exec"])
    return YAMLItem(
      name: names.user, key: "user",
      content: YAMLItem.Value.map([(key: "exec", value: .map(exec))], over: present))
  }

  private func environment(over present: ConfigNode?) -> YAMLItem.Value? {
    let others = (present?.elements ?? []).filter { !isOwnVariable($0) }
    let list =
      others.compactMap(YAMLItem.Value.init)
      + program.variables.map {
        .map([(key: "name", value: .text($0.name)), (key: "value", value: .text($0.value))])
      }
    return list.isEmpty ? nil : .list(list)
  }

  private func isOwnVariable(_ node: ConfigNode) -> Bool {
    let name = node["name"]?.text ?? ""
    return program.ownVariables.contains(name) || program.variables.contains { $0.name == name }
  }

  /// Whether a cluster or a context is there as it would be written.
  func isSame(_ node: ConfigNode) -> Bool {
    if node["server"] != nil {
      return node["server"]?.text == cluster.server
        && node["certificate-authority-data"]?.text == cluster.authority
    }
    return node["cluster"]?.text == names.cluster && node["user"]?.text == names.user
  }

  /// Whether a user is there as it would be written.
  func isSameUser(_ node: ConfigNode) -> Bool {
    let exec = node["exec"]
    let ours = (exec?["env"]?.elements ?? []).filter(isOwnVariable)
    return exec?["command"]?.text == program.path
      && exec?["args"]?.elements.map(\.text) == program.arguments.map { $0 }
      && exec?["interactiveMode"]?.text == "Never"
      && ours.map { $0["value"]?.text ?? "" } == program.variables.map(\.value)
      && ours.map { $0["name"]?.text } == program.variables.map(\.name)
  }
}
