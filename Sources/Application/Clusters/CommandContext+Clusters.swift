import AuthConfiguration
import Core
import Kubernetes
import Model

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
    let catalog = try configuration.catalog()
    let path = try kubeconfigPath(access, in: configuration)
    let isFollowed = record.isOwn || configuration.isJob
    let bound = isFollowed ? [] : ["--bound", catalog.trust(for: record).fingerprint]
    let entries = KubeconfigEntries(
      cluster: cluster, context: access.kubeconfig.alias ?? cluster.name, user: access.userName,
      command: surroundings.executable,
      arguments: access.tokenCommand + catalog.reproducingArguments + ["--identity", record.name]
        + bound)
    let place = ClusterRecord.path(integration, catalog.reproducingArguments, paths)
    let isNew = !FileSystem.isNamed(path)
    try await change(path, access.kubeconfig) { (config) throws(KubeconfigText.Fault) in
      if access.kubeconfig.update == .error {
        let conflicts = try config.conflicts(with: entries)
        guard conflicts.isEmpty else {
          throw KubeconfigText.Fault(
            "already has \(conflicts.joined(separator: ", ")), and `update` is `error`")
        }
      }
      let previous = config.currentContext
      let known = ClusterRecord.read(place)
      try config.put(entries)
      return ClusterRecord(
        path: path, context: entries.context, cluster: cluster.name, user: entries.user,
        previous: previous == entries.context ? known?.previous : previous,
        madeFile: isNew || known?.madeFile == true && known?.path == path)
    }.write(place)
    return "kubectl reaches \(entries.context) as \(record.name), by \(path)"
  }

  /// Takes back what was written for an integration's cluster.
  ///
  /// - Returns: One line for the person, or `nil` when there was nothing to take back.
  func takeBack(
    _ access: any ClusterAccess, of integration: String, in configuration: Configuration
  ) async throws(AuthError) -> String? {
    let arguments = try configuration.catalog().reproducingArguments
    let place = ClusterRecord.path(integration, arguments, paths)
    guard let record = ClusterRecord.read(place) else { return nil }
    var isDone = false
    if FileSystem.exists(record.path) {
      var isEmpty = false
      var merging = access.kubeconfig
      merging.update = .merge
      _ = try await change(record.path, merging) { (config) throws(KubeconfigText.Fault) in
        isDone = try config.takeBack(
          context: record.context, cluster: record.cluster, user: record.user,
          previous: record.previous)
        isEmpty = config.isEmpty
        return record
      }
      if record.madeFile, isEmpty, !FileSystem.isLink(record.path) {
        try FileSystem.remove(record.path)
      }
    }
    try FileSystem.remove(place)
    return isDone ? "Removed \(record.context) from \(record.path)" : nil
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
