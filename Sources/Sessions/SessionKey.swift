internal import CShims
internal import Core
internal import Crypto
internal import Model

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The key that sessions are sealed with, and a name for it that gives nothing away.
struct SessionKey: Sendable {
  /// The bytes of a key.
  static let count = 32
  /// The characters of ``id``.
  static let idCount = 16

  /// The key.
  let key: SymmetricKey
  /// Sixteen hexadecimal digits that tell this key from that of another keyring.
  let id: [UInt8]

  /// - Throws: ``AuthError`` with code `badConfiguration` unless `bytes` has the right length.
  init(_ bytes: Secret) throws(AuthError) {
    guard bytes.count == Self.count else {
      throw AuthError(
        .badConfiguration,
        "the keyring entry \(KeyringEntry.sessionKey) does not hold a key of \(Self.count) bytes",
        hints: ["remove it, and `atmos-auth login` creates another"])
    }
    let key = bytes.withBytes { SymmetricKey(data: $0) }
    self.key = key
    let purpose = Array("atmos-auth session key id".utf8)
    var code = [UInt8](repeating: 0, count: 32)
    bytes.withBytes {
      atmos_hmac_sha256($0.baseAddress, $0.count, purpose, purpose.count, &code)
    }
    id = Hex.digits(of: code.prefix(Self.idCount / 2))
  }

  /// A key that gives nothing away about this one.
  func derived(for purpose: String) -> Secret {
    let message = Array("atmos-auth \(purpose)".utf8)
    var code = [UInt8](repeating: 0, count: 32)
    defer { code.wipe() }
    key.withUnsafeBytes {
      atmos_hmac_sha256($0.baseAddress, $0.count, message, message.count, &code)
    }
    return Secret(code)
  }
}
