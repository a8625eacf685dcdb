import AuthConfiguration
package import Core

/// The identities a person chose lately, for lists that show those first: one name a line, the last
/// one first.
///
/// Names only, of this realm only; losing the file loses nothing but an order.
package struct RecentIdentities {
  private let path: String

  // More than anybody has at hand.
  private static let limit = 50

  package init(paths: StatePaths, realm: String) {
    path = "\(paths.sessionDirectory(realm: realm))/recent"
  }

  /// The names, lower case, the last chosen first.
  package var names: [String] {
    guard let bytes = try? FileSystem.readFile(path, limit: 1 << 16) else { return [] }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Puts `name` in front.
  ///
  /// A full disk or a read-only home is not worth an error: only an order is lost.
  package func note(_ name: String) {
    let name = name.lowercased()
    let now = names
    guard now.first != name, !name.contains("\n") else { return }
    let lines = [name] + now.filter { $0 != name }.prefix(Self.limit - 1)
    try? FileSystem.createDirectory(FileSystem.parent(of: path))
    try? FileSystem.writeAtomically(path, Array(lines.map { $0 + "\n" }.joined().utf8))
  }
}

extension CommandContext {
  /// What was chosen lately in the realm of `configuration`.
  package func recentIdentities(
    in configuration: Configuration
  ) throws(AuthError) -> RecentIdentities {
    RecentIdentities(paths: paths, realm: try configuration.readableCatalog().realm)
  }
}
