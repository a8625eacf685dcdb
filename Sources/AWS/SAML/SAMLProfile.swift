import Core
import Crypto
import Model

/// The directory of a provider in a realm: its browser's cookies, and by what an identity provider
/// knows this machine.
///
/// Another address or user is another directory: cookies belong to who signed in where. So is another
/// realm: its provider of the same name is another one, which logs in and out by itself, and whose
/// sessions have a lock of their own.
struct SAMLProfile {
  /// The realm.
  var realm: String
  /// The provider's name.
  var provider: String
  /// Where one signs in.
  var page: String
  /// The user's name, where the definition says.
  var user: String?

  /// The directory's name.
  var name: String { name(of: "\(realm)\n\(provider)\n\(page)\n\(user ?? "")") }

  /// The directory.
  func directory(_ effects: Effects) -> String { "\(Self.parent(effects))/\(name)" }

  /// The directory by the name that it had when realms shared it.
  func earlierDirectory(_ effects: Effects) -> String {
    "\(Self.parent(effects))/\(name(of: "\(provider)\n\(page)\n\(user ?? "")"))"
  }

  /// Takes the earlier directory over, so that nobody has to sign in again and none stays behind: the
  /// first realm that needs it has it.
  func keepEarlier(_ effects: Effects) {
    // It fails where there is none, or this one is there already.
    _ = FileSystem.moveDirectory(earlierDirectory(effects), to: directory(effects))
  }

  private func name(of what: String) -> String {
    let plain = provider.lowercased().map {
      $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-"
    }
    let place = Hex.lowercase(SHA256.hash(data: Array(what.utf8)))
    return "\(String(plain.prefix(40)))-\(place.prefix(12))"
  }

  private static func parent(_ effects: Effects) -> String {
    StatePaths { effects.environment[$0] }.browserDirectory
  }
}
