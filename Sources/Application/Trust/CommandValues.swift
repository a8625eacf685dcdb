import Core
import Model

/// What the commands of an allowed chain printed where it says who one becomes, and where: a checkout
/// must not change the role by what a command prints.
///
/// It is in `trust/FINGERPRINT.values` from the first use after an `allow`, since commands run only
/// then: the lines as people read them, and the hash of these.
struct CommandValues {
  private let lines: [String]
  private let identity: String
  private let fingerprint: String
  private let paths: StatePaths

  /// The traits that say it; others, such as a session's name, may be new each time.
  private static let names: Set<String> = [
    "role", "account", "account_name", "permission_set", "root_of", "endpoint", "start_url",
    "region", "mfa",
  ]

  init(_ chain: Chain, fingerprint: String, _ paths: StatePaths) {
    lines = chain.links.flatMap { link in
      link.source.traits.filter { Self.names.contains($0.name) }
        .map { "\(link.name): \($0.name) = \($0.value)" }
    }
    identity = chain.target.name
    self.fingerprint = fingerprint
    self.paths = paths
  }

  private static func path(_ paths: StatePaths, _ fingerprint: String) -> String {
    "\(paths.trustDirectory)/\(fingerprint).values"
  }

  /// Forgets them, so that the next ones count; whoever does so holds ``Core/TrustLock``.
  static func forget(of fingerprint: String, _ paths: StatePaths) throws(AuthError) {
    _ = try FileSystem.remove(path(paths, fingerprint))
  }

  /// Makes sure that they are those of the first use.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` if they are not.
  func check() throws(AuthError) {
    let path = Self.path(paths, fingerprint)
    var text = lines.map { Percent.encode($0) + "\n" }.joined()
    text += "end\t\(Hash.hex(Hash.fnv1a(text)))\n"
    let now = text
    guard FileSystem.isNamed(path) else {
      // Where nothing can be written, a login is all the same possible.
      try? TrustLock.hold(paths) { () throws(AuthError) in
        try FileSystem.writeAtomically(path, now.utf8)
      }
      return
    }
    let before = FileSystem.readOwn(path, limit: 1 << 18) ?? []
    guard !before.elementsEqual(now.utf8) else { return }
    let known = before.split(separator: UInt8(ascii: "\n")).compactMap { Percent.decode($0) }
    let shown = LineDifference.lines(from: known.dropLast(), to: lines).filter { $0.sign != " " }
      .prefix(8).map { "\($0.sign) \(DisplayText.sanitized($0.text, limit: 200))" }
    let words = ShellQuoting.typed(command: ["atmos-auth", "allow", "-i", identity])
    throw AuthError(
      .loginRequired, "what the commands of `\(identity)` print has changed since it was allowed",
      hints: shown + ["`\(words)` accepts it"])
  }
}
