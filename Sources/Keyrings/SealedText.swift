internal import Core
internal import Crypto
internal import CryptoExtras

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The JOSE text that a file keyring's entries are: compact JWE, the key wrapped with a password.
///
/// `PBES2-HS256+A128KW` with `A256GCM`, as the library behind atmos' keyring writes it and no other
/// way. Source: RFC 7516, section 3.1; RFC 7518, sections 4.8 and 5.3.
enum SealedText {
  /// The rounds of PBKDF2 we write; the library behind atmos' keyring writes as many.
  static let rounds = 8192
  /// The rounds we read: fewer would be no protection, more could hold a process up for minutes.
  static let acceptedRounds = 1000...1_000_000

  /// Why a text could not be opened.
  enum Failure: Error, Equatable {
    /// The password is not the one it was sealed with, or the wrapped key was damaged.
    case wrongPassword
    /// It is not such a text, or its content was damaged; the reason completes "it …".
    case damaged(String)
  }

  private static let algorithm = "PBES2-HS256+A128KW"
  private static let dot = UInt8(ascii: ".")

  /// Seals `content`.
  ///
  /// - Throws: ``AuthError`` with code `system` if the cipher fails, which it has no reason to.
  static func seal(
    _ content: Secret, password: Secret, created: String, randomBytes: (Int) -> [UInt8]
  ) throws(AuthError) -> [UInt8] {
    // As long as the library behind atmos' keyring makes it.
    let salt = randomBytes(12)
    let header = Base64.encode(
      Array(
        """
        {"alg":"\(algorithm)","created":"\(created)","enc":"A256GCM","p2c":\(rounds),\
        "p2s":"\(String(decoding: Base64.encode(salt, .url), as: UTF8.self))"}
        """.utf8), .url)
    do {
      let contentKey = SymmetricKey(data: randomBytes(32))
      let wrapped = try AES.KeyWrap.wrap(
        contentKey, using: wrappingKey(password, salt: salt, rounds: rounds))
      let nonce = try AES.GCM.Nonce(data: randomBytes(12))
      let box = try content.withBytes { bytes in
        try AES.GCM.seal(bytes, using: contentKey, nonce: nonce, authenticating: header)
      }
      let parts = [header, Array(wrapped), Array(nonce), Array(box.ciphertext), Array(box.tag)]
      let rest = parts.dropFirst().map { Base64.encode($0, .url) }
      return Array(([header] + rest).joined(separator: [dot]))
    } catch {
      throw AuthError(.system, "cannot encrypt a keyring entry", cause: error)
    }
  }

  /// Opens what ``seal(_:password:created:randomBytes:)``, or atmos, made.
  static func open(_ text: [UInt8], password: Secret) throws(Failure) -> Secret {
    let parts = text.split(separator: dot, omittingEmptySubsequences: false)
    guard parts.count == 5 else { throw .damaged("is not a JOSE text of five parts") }
    let (salt, rounds) = try parameters(Array(parts[0]))
    guard let wrapped = Base64.decode(parts[1], .url), let nonce = Base64.decode(parts[2], .url),
      let ciphertext = Base64.decode(parts[3], .url), let tag = Base64.decode(parts[4], .url),
      wrapped.count == 40, nonce.count == 12, tag.count == 16
    else { throw .damaged("is not whole") }
    let contentKey: SymmetricKey
    do {
      contentKey = try AES.KeyWrap.unwrap(
        wrapped, using: wrappingKey(password, salt: salt, rounds: rounds))
    } catch {
      throw .wrongPassword
    }
    do {
      let box = try AES.GCM.SealedBox(
        nonce: AES.GCM.Nonce(data: nonce), ciphertext: ciphertext, tag: tag)
      var data = try AES.GCM.open(box, using: contentKey, authenticating: parts[0])
      defer { data.resetBytes(in: 0..<data.count) }
      return Secret(data)
    } catch {
      throw .damaged("was changed after it was written")
    }
  }

  /// Whether `text` looks like one of these, without a password.
  static func isPlausible(_ text: [UInt8]) -> Bool {
    guard let end = text.firstIndex(of: dot) else { return false }
    return (try? parameters(Array(text[..<end]))) != nil
  }

  private static func parameters(_ part: [UInt8]) throws(Failure) -> (salt: [UInt8], rounds: Int) {
    guard let header = Base64.decode(part, .url).flatMap({ FlatJSON($0) }) else {
      throw .damaged("has no JOSE header")
    }
    guard header[text: "alg"] == algorithm, header[text: "enc"] == "A256GCM",
      header.members["zip"] == nil, header.members["crit"] == nil
    else { throw .damaged("is sealed in another way than \(algorithm) with A256GCM") }
    guard let rounds = header.integer("p2c"), acceptedRounds.contains(rounds) else {
      throw .damaged("asks for fewer than 1,000 or more than 1,000,000 rounds of PBKDF2")
    }
    guard let salt = header.bytes(of: "p2s").flatMap({ Base64.decode($0, .url) }), salt.count >= 8
    else { throw .damaged("has no salt") }
    return (salt, rounds)
  }

  private static func wrappingKey(
    _ password: Secret, salt: [UInt8], rounds: Int
  ) throws -> SymmetricKey {
    try password.withBytes { bytes in
      try KDF.Insecure.PBKDF2.deriveKey(
        from: bytes, salt: Array(algorithm.utf8) + [0] + salt, using: .sha256,
        outputByteCount: 16, unsafeUncheckedRounds: rounds)
    }
  }
}
