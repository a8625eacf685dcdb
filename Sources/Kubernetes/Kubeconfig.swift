import Core
import Model

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
  ///
  /// - Parameters:
  ///   - entries: The entries.
  ///   - ours: The names of our earlier entries, which do not count as conflicts.
  /// - Returns: What is there, as text for people.
  /// - Throws: ``KubeconfigText/Fault`` if the text is in a form that is not changed.
  package func conflicts(
    with entries: KubeconfigEntries, besides ours: [KubeconfigNames] = []
  ) throws(KubeconfigText.Fault) -> [String] {
    var found: [String] = []
    let names = entries.names
    let (cluster, context, user) = try present(names)
    if let cluster, !entries.isSame(cluster), !ours.contains(where: { $0.cluster == names.cluster })
    {
      found.append("cluster `\(names.cluster)`")
    }
    if let context, !entries.isSame(context),
      !ours.contains(where: {
        $0.context == names.context && $0.user == context["user"]?.text
      })
    {
      found.append("context `\(names.context)`")
    }
    if let user, !entries.isSameUser(user), !ours.contains(where: { $0.user == names.user }) {
      found.append("user `\(names.user)`")
    }
    return found
  }

  /// Puts entries in, in place of those of the same names, and makes their context the current one.
  ///
  /// What a person added to one of them, such as a namespace, stays.
  ///
  /// - Parameters:
  ///   - entries: The entries.
  ///   - earlier: What they were called before, if they have another name now; what a person added
  ///     moves along.
  /// - Throws: ``KubeconfigText/Fault`` if the text is in a form that is not changed.
  package mutating func put(
    _ entries: KubeconfigEntries, inPlaceOf earlier: KubeconfigNames? = nil
  ) throws(KubeconfigText.Fault) {
    let (cluster, context, user) = try present(entries.names)
    let before = try earlier.map { (names) throws(KubeconfigText.Fault) in try present(names) }
    if let cluster {
      if !entries.isSame(cluster), try !setInPlace(cluster, entries) {
        try text.put(entries.clusterItem(over: cluster), in: "clusters")
      }
    } else {
      try text.put(entries.clusterItem(over: nil), in: "clusters")
    }
    if context.map(entries.isSame) != true {
      try text.put(entries.contextItem(over: context ?? before?.context), in: "contexts")
    }
    if user.map(entries.isSameUser) != true {
      try text.put(entries.userItem(over: user ?? before?.user), in: "users")
    }
    let current = entries.names.context
    if text.currentContext != current { try text.set(currentContext: current) }
  }

  /// Takes entries back that ``put(_:inPlaceOf:)`` put in; what else uses them keeps them.
  ///
  /// - Parameters:
  ///   - names: What they are called.
  ///   - previous: The context that was the current one before.
  /// - Returns: Whether there was something to take back.
  /// - Throws: ``KubeconfigText/Fault`` if the text is in a form that is not changed.
  package mutating func takeBack(
    _ names: KubeconfigNames, previous: String?
  ) throws(KubeconfigText.Fault) -> Bool {
    var hasChanged = false
    let present = try text.items(of: "contexts").first { $0.name == names.context }
    if let present, present.node["context", "user"]?.text == names.user {
      hasChanged = try text.remove(names.context, from: "contexts")
      if text.currentContext == names.context {
        let known = try text.items(of: "contexts").map(\.name)
        try text.set(currentContext: previous.flatMap { known.contains($0) ? $0 : nil } ?? "")
      }
    }
    let others = try text.items(of: "contexts")
    if !others.contains(where: { $0.node["context", "user"]?.text == names.user }) {
      hasChanged = try text.remove(names.user, from: "users") || hasChanged
    }
    if !others.contains(where: { $0.node["context", "cluster"]?.text == names.cluster }) {
      hasChanged = try text.remove(names.cluster, from: "clusters") || hasChanged
    }
    return hasChanged
  }

  /// The user of a context; `nil` if the context does not exist.
  package func user(of context: String) throws(KubeconfigText.Fault) -> String? {
    try text.items(of: "contexts").first { $0.name == context }?.node["context", "user"]?.text
  }

  /// The arguments of the program that gives tokens for a user; `nil` if there is none.
  package func arguments(ofUser user: String) throws(KubeconfigText.Fault) -> [String]? {
    try text.items(of: "users").first { $0.name == user }?
      .node["user", "exec", "args"]?.elements.compactMap(\.text)
  }

  /// Whether no list has an entry.
  package var isEmpty: Bool {
    ["clusters", "contexts", "users"].allSatisfy { text.root[$0]?.elements.isEmpty ?? true }
  }

  private func present(
    _ names: KubeconfigNames
  ) throws(KubeconfigText.Fault) -> (
    cluster: ConfigNode?, context: ConfigNode?, user: ConfigNode?
  ) {
    (
      try text.items(of: "clusters").first { $0.name == names.cluster }?.node["cluster"],
      try text.items(of: "contexts").first { $0.name == names.context }?.node["context"],
      try text.items(of: "users").first { $0.name == names.user }?.node["user"]
    )
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
      let now = try present(entries.names).cluster?["certificate-authority-data"]
      guard let now, text.set(now, to: authority, in: "clusters") else {
        text = before
        return false
      }
    }
    guard try present(entries.names).cluster.map({ entries.isSame($0) }) == true else {
      text = before
      return false
    }
    return true
  }
}
