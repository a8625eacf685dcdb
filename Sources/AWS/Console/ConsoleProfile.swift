import Core
import Crypto

/// The browser profile that an identity's console has for itself.
public enum ConsoleProfile {
  /// The name of its directory, the same as in atmos: 16 hexadecimal digits of the SHA-256 of realm
  /// and identity.
  public static func directoryName(realm: String, identity: String) -> String {
    Hex.lowercase(SHA256.hash(data: Array("\(realm)/\(identity)".utf8)).prefix(8))
  }
}
