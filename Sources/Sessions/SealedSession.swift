internal import Core
internal import Crypto
internal import Model

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// The content of a session file: a line that says what it is, then the sealed credential.
///
///     atmos-auth-session 1 <digest> <key id>\n <nonce, 12 bytes> <ciphertext> <tag, 16 bytes>
///
/// The cipher is AES-256-GCM. It authenticates the line as well as the realm and the identity, so
/// that a file put in another's place, or under another chain's digest, does not open.
enum SealedSession {
  /// What reading a file came to.
  enum Outcome {
    /// It opened.
    case credential(Credential)
    /// A good file that is not for the asker: made for a chain that did other things, or sealed
    /// with a key of another keyring.
    case notOurs
    /// Another release's, or not ours at all; the reason completes "the session … ".
    case unusable(String)
  }

  private static let magic = Array("atmos-auth-session 1 ".utf8)
  private static let digestCount = 64
  private static let headCount = magic.count + digestCount + 1 + SessionKey.idCount + 1

  static func seal(
    _ credential: Credential, realm: String, name: String, digest: String, key: SessionKey,
    randomBytes: (Int) -> [UInt8]
  ) throws(AuthError) -> [UInt8] {
    let head = head(digest: digest, key: key)
    do {
      let nonce = try AES.GCM.Nonce(data: randomBytes(12))
      let box = try CredentialCoding.encode(credential).withBytes { bytes in
        try AES.GCM.seal(
          bytes, using: key.key, nonce: nonce,
          authenticating: authenticated(head[...], realm: realm, name: name))
      }
      return head + Array(nonce) + Array(box.ciphertext) + Array(box.tag)
    } catch {
      throw AuthError(.system, "cannot encrypt the session of `\(name)`", cause: error)
    }
  }

  /// Whether a file may be for this chain, as far as its first line shows; `nil` if it does.
  ///
  /// It is asked before the key is fetched, since fetching one may ask a person.
  static func objection(_ file: [UInt8], digest: String) -> Outcome? {
    guard file.count >= headCount + 28, file.starts(with: magic),
      file[headCount - 1] == UInt8(ascii: "\n")
    else { return .unusable("was not written by this release") }
    return file[magic.count...].starts(with: digest.utf8) && digest.utf8.count == digestCount
      ? nil : .notOurs
  }

  /// The digest that a file was sealed for; `nil` for what is not a session of this release.
  static func digest(of file: [UInt8]) -> String? {
    guard file.count >= headCount, file.starts(with: magic) else { return nil }
    return String(decoding: file[magic.count..<magic.count + digestCount], as: UTF8.self)
  }

  /// Opens a file to which there was no ``objection(_:digest:)``.
  static func open(_ file: [UInt8], realm: String, name: String, key: SessionKey) -> Outcome {
    let head = file[..<headCount]
    guard head.dropLast().suffix(SessionKey.idCount).elementsEqual(key.id) else { return .notOurs }
    do {
      let box = try AES.GCM.SealedBox(combined: file[headCount...])
      var data = try AES.GCM.open(
        box, using: key.key, authenticating: authenticated(head, realm: realm, name: name))
      defer { data.resetBytes(in: 0..<data.count) }
      guard let credential = data.withUnsafeBytes({ CredentialCoding.decode($0) }) else {
        return .unusable("was written by a later release")
      }
      return .credential(credential)
    } catch {
      return .unusable("was changed after it was written")
    }
  }

  private static func head(digest: String, key: SessionKey) -> [UInt8] {
    magic + Array(digest.utf8) + [UInt8(ascii: " ")] + key.id + [UInt8(ascii: "\n")]
  }

  private static func authenticated(
    _ head: ArraySlice<UInt8>, realm: String, name: String
  ) -> [UInt8] {
    Array(head) + Array("\(realm.utf8.count):\(realm):\(name)".utf8)
  }
}
