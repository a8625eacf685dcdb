import Core
package import Model

/// What we keep in a kubeconfig for one cluster.
package struct KubeconfigEntries: Equatable, Sendable {
  /// The cluster.
  package var cluster: Cluster
  /// The name of the context.
  package var context: String
  /// The name of the user.
  package var user: String
  /// The program that gives tokens: an absolute path.
  package var command: String
  /// Its arguments.
  package var arguments: [String]

  /// Creates it from its parts.
  package init(
    cluster: Cluster, context: String, user: String, command: String, arguments: [String]
  ) {
    self.cluster = cluster
    self.context = context
    self.user = user
    self.command = command
    self.arguments = arguments
  }

  var clusterItem: YAMLItem {
    var content: [(key: String, value: YAMLItem.Value)] = []
    if let authority = cluster.authority {
      content.append((key: "certificate-authority-data", value: .text(authority)))
    }
    content.append((key: "server", value: .text(cluster.server)))
    return YAMLItem(name: cluster.name, key: "cluster", content: content)
  }

  var contextItem: YAMLItem {
    YAMLItem(
      name: context, key: "context",
      content: [(key: "cluster", value: .text(cluster.name)), (key: "user", value: .text(user))])
  }

  // https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
  var userItem: YAMLItem {
    YAMLItem(
      name: user, key: "user",
      content: [
        (
          key: "exec",
          value: .map([
            (key: "apiVersion", value: .text("client.authentication.k8s.io/v1beta1")),
            (key: "args", value: .list(arguments.map { .text($0) })),
            (key: "command", value: .text(command)),
            (key: "interactiveMode", value: .text("Never")),
            (key: "provideClusterInfo", value: .flag(false)),
          ])
        )
      ])
  }
}

/// A kubeconfig as a value: text in, text out.
package struct Kubeconfig {
  private var text: KubeconfigText

  /// Reads a text.
  ///
  /// - Throws: ``KubeconfigText/Fault`` for one that cannot be changed.
  package init(
    _ bytes: [UInt8], read: @escaping KubeconfigText.Reader
  ) throws(KubeconfigText.Fault) {
    text = try KubeconfigText(bytes, read: read)
  }

  /// The text as it is now.
  package var bytes: [UInt8] { text.bytes }

  /// `current-context`; `nil` if there is none.
  package var currentContext: String? { text.currentContext }

  /// A kubeconfig without entries.
  package static let empty = Array("apiVersion: v1\nkind: Config\npreferences: {}\n".utf8)

  /// Which of the entries are there, as something else than these.
  package func conflicts(
    with entries: KubeconfigEntries
  ) throws(KubeconfigText.Fault) -> [String] {
    var found: [String] = []
    let (cluster, context, user) = try present(entries)
    if let cluster, !isSame(cluster, entries) { found.append("cluster `\(entries.cluster.name)`") }
    if let context, !isSame(context, entries) { found.append("context `\(entries.context)`") }
    if let user, !isSameUser(user, entries) { found.append("user `\(entries.user)`") }
    return found
  }

  /// Puts entries in, in place of those of the same names, and makes their context the current one.
  ///
  /// What a person added to one of them, such as a namespace, stays.
  package mutating func put(_ entries: KubeconfigEntries) throws(KubeconfigText.Fault) {
    let (cluster, context, user) = try present(entries)
    if let cluster {
      if !isSame(cluster, entries), try !setInPlace(cluster, entries) {
        try text.put(entries.clusterItem, in: "clusters")
      }
    } else {
      try text.put(entries.clusterItem, in: "clusters")
    }
    if context.map({ isSame($0, entries) }) != true {
      try text.put(entries.contextItem, in: "contexts")
    }
    if user.map({ isSameUser($0, entries) }) != true {
      try text.put(entries.userItem, in: "users")
    }
    if text.currentContext != entries.context { try text.set(currentContext: entries.context) }
  }

  /// Takes entries back that ``put(_:)`` put in; what else uses them keeps them.
  ///
  /// - Parameters:
  ///   - context: The name of the context.
  ///   - cluster: The name of the cluster.
  ///   - user: The name of the user.
  ///   - previous: The context that was the current one before.
  /// - Returns: Whether there was something to take back.
  /// - Throws: ``KubeconfigText/Fault`` if the text is in a form that is not changed.
  package mutating func takeBack(
    context: String, cluster: String, user: String, previous: String?
  ) throws(KubeconfigText.Fault) -> Bool {
    var hasChanged = false
    let present = try text.items(of: "contexts").first { $0.name == context }
    if let present, present.node["context", "user"]?.text == user {
      hasChanged = try text.remove(context, from: "contexts")
      if text.currentContext == context {
        let names = try text.items(of: "contexts").map(\.name)
        try text.set(currentContext: previous.flatMap { names.contains($0) ? $0 : nil } ?? "")
      }
    }
    let others = try text.items(of: "contexts")
    if !others.contains(where: { $0.node["context", "user"]?.text == user }) {
      hasChanged = try text.remove(user, from: "users") || hasChanged
    }
    if !others.contains(where: { $0.node["context", "cluster"]?.text == cluster }) {
      hasChanged = try text.remove(cluster, from: "clusters") || hasChanged
    }
    return hasChanged
  }

  /// Whether no list has an entry.
  package var isEmpty: Bool {
    ["clusters", "contexts", "users"].allSatisfy { text.root[$0]?.elements.isEmpty ?? true }
  }

  private func present(
    _ entries: KubeconfigEntries
  ) throws(KubeconfigText.Fault) -> (
    cluster: ConfigNode?, context: ConfigNode?, user: ConfigNode?
  ) {
    (
      try text.items(of: "clusters").first { $0.name == entries.cluster.name }?.node["cluster"],
      try text.items(of: "contexts").first { $0.name == entries.context }?.node["context"],
      try text.items(of: "users").first { $0.name == entries.user }?.node["user"]
    )
  }

  private func isSame(_ node: ConfigNode, _ entries: KubeconfigEntries) -> Bool {
    if node["server"] != nil {
      return node["server"]?.text == entries.cluster.server
        && node["certificate-authority-data"]?.text == entries.cluster.authority
    }
    return node["cluster"]?.text == entries.cluster.name && node["user"]?.text == entries.user
  }

  private func isSameUser(_ node: ConfigNode, _ entries: KubeconfigEntries) -> Bool {
    let exec = node["exec"]
    return exec?["command"]?.text == entries.command
      && exec?["args"]?.elements.map(\.text) == entries.arguments.map { $0 }
      && exec?["interactiveMode"]?.text == "Never"
  }

  private mutating func setInPlace(
    _ cluster: ConfigNode, _ entries: KubeconfigEntries
  ) throws(KubeconfigText.Fault) -> Bool {
    let before = text
    let hasAuthority = cluster["certificate-authority-data"] != nil
    guard let server = cluster["server"], hasAuthority == (entries.cluster.authority != nil),
      text.set(server, to: entries.cluster.server, in: "clusters")
    else { return false }
    if let authority = entries.cluster.authority {
      let now = try present(entries).cluster?["certificate-authority-data"]
      guard let now, text.set(now, to: authority, in: "clusters") else {
        text = before
        return false
      }
    }
    guard try present(entries).cluster.map({ isSame($0, entries) }) == true else {
      text = before
      return false
    }
    return true
  }
}
