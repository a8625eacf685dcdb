internal import CShims
public import Core

/// A key that is derived from one in the keyring, with the name of that one.
///
/// A log that begins with it can be verified with the keyring alone, and no file holds what its first
/// lines were authenticated with.
public struct AuditSeed: Sendable {
  /// The name of the keyring's key; it gives nothing away.
  public let id: String
  /// The key that was derived.
  public let key: Secret

  /// Creates it from its parts.
  public init(id: String, key: Secret) {
    self.id = id
    self.key = key
  }
}

/// The keys of the lines: each is made from the one before, and none leads back.
enum AuditKeys {
  /// The bytes of a key, and of a line's code.
  static let count = 32

  /// The code of a line: HMAC-SHA256.
  static func code(_ key: [UInt8], _ message: ArraySlice<UInt8>) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: count)
    message.withUnsafeBytes {
      atmos_hmac_sha256(key, key.count, $0.baseAddress, $0.count, &code)
    }
    return code
  }

  /// The key of the line after.
  static func next(_ key: [UInt8]) -> [UInt8] { code(key, Array("next".utf8)[...]) }

  /// The key of the line with this number, of a log with this number, from the keyring.
  static func start(_ seed: AuditSeed, log: UInt64, sequence: UInt64) -> [UInt8] {
    let message = Array("audit log \(Hash.hex(log)) line \(sequence)".utf8)
    var code = [UInt8](repeating: 0, count: count)
    seed.key.withBytes {
      atmos_hmac_sha256($0.baseAddress, $0.count, message, message.count, &code)
    }
    return code
  }
}
