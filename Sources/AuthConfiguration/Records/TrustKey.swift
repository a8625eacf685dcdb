internal import Core
internal import Crypto
internal import Synchronization

/// The key under which secrets count in fingerprints: a change of one asks again, and nobody can find
/// out from a grant what it is.
///
/// It is a file of this person's, `trust/key`, of 32 random bytes, made when it is first needed.
final class TrustKey: Sendable {
  private static let length = 32
  private let paths: StatePaths
  private let loaded = Mutex<[UInt8]?>(nil)

  init(_ paths: StatePaths) { self.paths = paths }

  /// Sixteen hexadecimal digits that stand for a secret; the beginning of its HMAC-SHA256.
  func hash(_ secret: String) -> String {
    let code = HMAC<SHA256>.authenticationCode(
      for: Array(secret.utf8), using: SymmetricKey(data: key()))
    return Hex.lowercase(code.prefix(8))
  }

  private func key() -> [UInt8] {
    loaded.withLock { loaded in
      if let loaded { return loaded }
      // Where nothing can be stored there is no grant to compare with either.
      let key = (try? stored()) ?? Self.random()
      loaded = key
      return key
    }
  }

  private func stored() throws(AuthError) -> [UInt8] {
    let path = "\(paths.trustDirectory)/key"
    if let key = read(path) { return key }
    return try FileLock.withLock("\(path).lock") { () throws(AuthError) in
      if let key = read(path) { return key }
      let key = Self.random()
      try FileSystem.writeAtomically(path, key)
      return key
    }
  }

  private func read(_ path: String) -> [UInt8]? {
    FileSystem.readOwn(path, limit: Self.length).flatMap { $0.count == Self.length ? $0 : nil }
  }

  private static func random() -> [UInt8] {
    var generator = SystemRandomNumberGenerator()
    return (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
  }
}
