import AuthConfiguration
import Core
import Kubernetes
import Model
import Terminal

extension CommandContext {
  /// The largest kubeconfig that is changed.
  private static let limit = 4 << 20

  /// The kubeconfig of an integration.
  ///
  /// A relative path is below the configuration's directory.
  func kubeconfigPath(
    _ access: any ClusterAccess, in configuration: Configuration
  ) throws(AuthError) -> String {
    try kubeconfigPath(access.kubeconfig.path ?? "", in: configuration)
  }

  private func kubeconfigPath(
    _ path: String, in configuration: Configuration
  ) throws(AuthError) -> String {
    if path.isEmpty { return "\(paths.config)/kube/config" }
    if path.hasPrefix("~/") { return (surroundings.environment["HOME"] ?? "") + path.dropFirst() }
    if path.hasPrefix("/") { return path }
    return "\(try configuration.catalog().configurationDirectory)/\(path)"
  }

  /// The variables that lead to the kubeconfigs of an identity's clusters, with the person's own
  /// files behind them.
  func kubeconfigVariables(
    of record: IdentityRecord, in configuration: Configuration
  ) throws(AuthError) -> [VariableChange] {
    var files: [String] = []
    let pairs = try configuration.integrationEnvironment(of: record)
    for pair in pairs where pair.name == KubeconfigPlace.variable {
      files.append(try kubeconfigPath(pair.value, in: configuration))
    }
    guard let first = files.first else { return [] }
    let environment = surroundings.environment
    let present = environment[KubeconfigPlace.variable] ?? ""
    let own =
      present.isEmpty
      ? ["\(environment["HOME"] ?? "")/.kube/config"]
      : present.split(separator: ":").map(String.init)
    var seen: Set<String> = []
    let list = (files + own).filter { seen.insert($0).inserted }.joined(separator: ":")
    // Terraform's providers take one file there.
    return [.set(KubeconfigPlace.variable, to: list), .set("KUBE_CONFIG_PATH", to: first)]
  }

  /// Writes a cluster into its kubeconfig.
  ///
  /// - Parameters:
  ///   - access: The cluster's definition.
  ///   - integration: Its name.
  ///   - cluster: The cluster, as its cloud describes it.
  ///   - record: The identity that kubectl acts as.
  ///   - configuration: The configuration that it is one of.
  /// - Returns: One line for the person.
  /// - Throws: ``AuthError`` with code `system` if a file cannot be changed; it is as it was.
  func write(
    _ access: any ClusterAccess, of integration: String, _ cluster: Cluster,
    as record: IdentityRecord, in configuration: Configuration
  ) async throws(AuthError) -> String {
    let owner = IntegrationOwner(
      realm: try configuration.catalog().realm, identity: record.name, integration: integration)
    let path = try kubeconfigPath(access, in: configuration)
    let entries = try entries(access, cluster, owner, record, in: configuration)
    let known = ClusterRecord.all(paths)
    let earlier = known.filter { isEarlier($0, of: owner, path, entries.names) }
    let here = earlier.map(\.record).filter { $0.path == path }
    let place = ClusterRecord.path(owner, paths)
    let isNew = !FileSystem.isNamed(path)
    var other: String?
    try await change(path, access.kubeconfig) { (config) throws(KubeconfigText.Fault) in
      if access.kubeconfig.update == .error {
        let conflicts = try config.conflicts(with: entries, besides: here.map(\.names))
        guard conflicts.isEmpty else {
          throw KubeconfigText.Fault(
            "already has \(conflicts.joined(separator: ", ")), and `update` is `error`")
        }
      }
      let user = try config.user(of: entries.names.context)
      other =
        known.first { $0.record.names.user == user && $0.record.owner?.identity != record.name }?
        .record.owner?.identity
      let previous = config.currentContext
      try config.put(entries, inPlaceOf: here.first?.names)
      for old in here where old.names != entries.names {
        _ = try config.takeBack(old.names, previous: nil)
      }
      return ClusterRecord(
        path: path, names: entries.names,
        previous: Self.previous(previous, entries.names, here, known.map(\.record)),
        madeFile: isNew || here.contains(where: \.madeFile), owner: owner)
    }.write(place)
    for old in earlier where old.place != place || old.record.path != path {
      if old.record.path != path {
        _ = try await takeBack(old.record, at: old.place == place ? nil : old.place)
      } else {
        try FileSystem.remove(old.place)
      }
    }
    let line = "kubectl reaches \(entries.names.context) as \(record.name), by \(path)"
    guard let other else { return line }
    return line + "; no longer as \(other), unless each integration has an `alias` of its own"
  }

  /// Shows on standard output what ``write(_:of:_:as:in:)`` would write, without what is there.
  ///
  /// - Returns: One line for the person.
  /// - Throws: ``AuthError`` if it cannot be made.
  func show(
    _ access: any ClusterAccess, of integration: String, _ cluster: Cluster,
    as record: IdentityRecord, in configuration: Configuration
  ) throws(AuthError) -> String {
    let path = try kubeconfigPath(access, in: configuration)
    let owner = IntegrationOwner(
      realm: try configuration.catalog().realm, identity: record.name, integration: integration)
    let entries = try entries(access, cluster, owner, record, in: configuration)
    var config: Kubeconfig
    do throws(KubeconfigText.Fault) {
      config = try Kubeconfig(Kubeconfig.empty) { ForeignYAML.read($0, file: path) }
      try config.put(entries)
    } catch {
      throw AuthError(.system, "the entries cannot be made: it \(error.what)")
    }
    try emit(String(decoding: config.bytes, as: UTF8.self))
    return "this would be written to \(path)"
  }

  private func entries(
    _ access: any ClusterAccess, _ cluster: Cluster, _ owner: IntegrationOwner,
    _ record: IdentityRecord, in configuration: Configuration
  ) throws(AuthError) -> KubeconfigEntries {
    let catalog = try configuration.catalog()
    let isFollowed = record.isOwn || configuration.isJob
    let bound = isFollowed ? [] : ["--bound", catalog.trust(for: record).fingerprint]
    var program = KubeconfigEntries.Program(
      surroundings.executable,
      access.tokenCommand + catalog.reproducingArguments + ["--identity", record.name] + bound)
    program.variables = catalog.reproducingVariables
    program.ownVariables = Catalog.leadingVariables
    return KubeconfigEntries(
      cluster: cluster, context: access.kubeconfig.alias ?? cluster.name,
      user: "\(access.userName(of: cluster))/\(owner.realm)/\(owner.identity)", program: program)
  }

  /// The context that was the current one before ours were.
  private static func previous(
    _ current: String?, _ names: KubeconfigNames, _ earlier: [ClusterRecord],
    _ known: [ClusterRecord]
  ) -> String? {
    if let old = earlier.first(where: { $0.names.context == current }) { return old.previous }
    guard current == names.context else { return current }
    // It was another identity's, and that one's logout leaves it to us.
    return known.first { $0.names.context == current }?.previous
  }

  /// Whether a record is what an owner was given before: by this release, or by an earlier one, which
  /// wrote no owner down.
  private func isEarlier(
    _ known: (place: String, record: ClusterRecord), of owner: IntegrationOwner, _ path: String,
    _ names: KubeconfigNames
  ) -> Bool {
    if let whose = known.record.owner {
      return whose.realm == owner.realm && whose.integration == owner.integration
        && whose.identity.lowercased() == owner.identity.lowercased()
    }
    guard ClusterRecord.integration(ofPlace: known.place) == owner.integration else { return false }
    if known.record.path == path, known.record.names.context == names.context { return true }
    return TakenBack.identities([owner.identity], realm: owner.realm)
      .covers(self.owner(of: known.record))
  }

  /// Who acts by the entries of a record; `nil` if an earlier release wrote it and the entries are
  /// gone.
  private func owner(of record: ClusterRecord) -> (realm: String, identity: String)? {
    if let owner = record.owner { return (owner.realm, owner.identity) }
    guard let bytes = try? FileSystem.readFile(record.path, limit: Self.limit),
      let config = try? Kubeconfig(bytes, read: { ForeignYAML.read($0, file: record.path) }),
      let words = try? config.arguments(ofUser: record.names.user),
      let start = words.firstIndex(of: "--chdir"), let end = words.lastIndex(of: "--identity"),
      start < end, end + 1 < words.count
    else { return nil }
    let identity = words[end + 1]
    return realm(of: Array(words[start..<end]), identity: identity).map { ($0, identity) }
  }

  /// The integrations of clusters that a logout takes back.
  func clusters(of taken: TakenBack) -> [String] {
    ClusterRecord.all(paths).filter { taken.covers(owner(of: $0.record)) }
      .map { $0.record.owner?.integration ?? ClusterRecord.integration(ofPlace: $0.place) }
  }

  /// Takes back what was written for clusters.
  func takeBackClusters(of taken: TakenBack) async {
    for (place, record) in ClusterRecord.all(paths) where taken.covers(owner(of: record)) {
      do throws(AuthError) {
        // What was taken back before this one may have left it something.
        let record = ClusterRecord.read(place) ?? record
        guard let line = try await takeBack(record, at: place) else { continue }
        say("\(err.symbol("✓", plain: "ok")) \(line)")
      } catch {
        warn(
          of: record.owner?.integration ?? ClusterRecord.integration(ofPlace: place), error)
      }
    }
  }

  /// Takes back what a record says.
  ///
  /// - Parameters:
  ///   - record: The record.
  ///   - place: Where it is; `nil` if it was written over.
  /// - Returns: One line for the person, or `nil` when there was nothing to take back.
  /// - Throws: ``AuthError`` with code `system` if a file cannot be changed.
  private func takeBack(
    _ record: ClusterRecord, at place: String?
  ) async throws(AuthError) -> String? {
    var isDone = false
    var isGone = true
    if FileSystem.exists(record.path) {
      var isEmpty = false
      let merging = KubeconfigPlace(path: nil, mode: nil, update: .merge, alias: nil)
      _ = try await change(record.path, merging) { (config) throws(KubeconfigText.Fault) in
        isDone = try config.takeBack(record.names, previous: record.previous)
        isEmpty = config.isEmpty
        return record
      }
      isGone = record.madeFile && isEmpty && !FileSystem.isLink(record.path)
      if isGone { try FileSystem.remove(record.path) }
    }
    if let place { try FileSystem.remove(place) }
    if !isGone { try passOn(record) }
    return isDone ? "Removed \(record.names.context) from \(record.path)" : nil
  }

  /// What was made or known for a record that is gone belongs to the others of the same file.
  private func passOn(_ record: ClusterRecord) throws(AuthError) {
    for (place, other) in ClusterRecord.all(paths) where other.path == record.path {
      var next = other
      next.madeFile = other.madeFile || record.madeFile
      if other.previous == record.names.context { next.previous = record.previous }
      if next != other { try next.write(place) }
    }
  }

  private func change(
    _ path: String, _ place: KubeconfigPlace,
    _ body: (inout Kubeconfig) throws(KubeconfigText.Fault) -> ClusterRecord
  ) async throws(AuthError) -> ClusterRecord {
    let lock = try await KubectlLock.take(path, sleep: system.sleep)
    defer { lock.release() }
    let shown = DisplayText.sanitized(path)
    let present = try FileSystem.readFile(path, limit: Self.limit)
    let isBlank = present?.allSatisfy { [0x09, 0x0A, 0x0D, 0x20].contains($0) } ?? true
    let before = isBlank || place.update == .replace ? Kubeconfig.empty : present ?? []
    var config: Kubeconfig
    let result: ClusterRecord
    do throws(KubeconfigText.Fault) {
      config = try Kubeconfig(before) { ForeignYAML.read($0, file: path) }
      result = try body(&config)
    } catch {
      throw AuthError(.system, "\(shown) was left as it is: it \(error.what)")
    }
    if config.bytes != present {
      if let mode = FileSystem.mode(path), mode & 0o200 == 0 {
        throw AuthError(
          .system, "\(shown) was left as it is: it is read-only",
          hints: ["`\(ShellQuoting.typed(command: ["chmod", "u+w", path]))` makes it writable"])
      }
      try FileSystem.replace(path, config.bytes)
    }
    if let mode = place.mode, FileSystem.mode(path) != mode {
      try FileSystem.setMode(path, mode)
    }
    return result
  }
}
