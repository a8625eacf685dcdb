internal import Model
internal import Synchronization

/// What is secret in the files' `env`, read when it is asked for and then kept.
final class FileSecrets: Sendable {
  private let request: ConfigurationRequest
  private let discovery: Discovery
  private let loaded = Mutex<MergedConfiguration?>(nil)

  init(_ request: ConfigurationRequest, _ discovery: Discovery) {
    self.request = request
    self.discovery = discovery
  }

  /// The files were read a moment ago; if they are gone by now, there is nothing in them.
  private var merged: MergedConfiguration? {
    loaded.withLock { merged in
      if merged == nil { merged = try? ConfigurationLoader.load(request, discovery) }
      return merged
    }
  }

  /// The promoted variables, by name.
  var promoted: [(name: String, value: String)] {
    (merged?.promoted ?? [:]).sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
  }

  /// A variable of an identity's `env`.
  func value(of name: String, identity: String) -> String {
    guard let node = merged?.identities[identity]?.node else { return "" }
    return EnvironmentPairs.of(node).first { $0.name == name }?.node.text ?? ""
  }
}
