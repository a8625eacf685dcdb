internal import Core
internal import Crypto

/// Where the realm came from.
public enum RealmSource: String, Sendable {
  /// `ATMOS_AUTH_REALM`.
  case environment = "env"
  /// `auth.realm`.
  case configuration = "config"
  /// The hash of the configuration's directory.
  case automatic = "auto"
}

/// The namespace of stored credentials.
enum Realm {
  /// The realm of a configuration that names none: the first eight bytes of the SHA-256 of its
  /// directory, in lower case, so that atmos finds what we store and the other way round.
  ///
  /// Source: atmos, pkg/config/auth_realm.go.
  static func automatic(for directory: String) -> String {
    guard !directory.isEmpty else { return "default" }
    let digest = SHA256.hash(data: Array(PathText.cleaned(directory).lowercased().utf8))
    return Hex.lowercase(digest.prefix(8))
  }

  /// What is wrong with a realm that was given, lower case, no full stop; `nil` if nothing is.
  ///
  /// A realm becomes part of paths and of keyring entries' names.
  static func objection(to realm: String) -> String? {
    let bytes = Array(realm.utf8)
    guard (1...64).contains(bytes.count) else { return "it has 1 to 64 characters" }
    func isSeparator(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }
    let isAllowed = bytes.allSatisfy { byte in
      (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || isSeparator(byte)
    }
    guard isAllowed else { return "it is made of a-z, 0-9, `-` and `_`" }
    if isSeparator(bytes[0]) || isSeparator(bytes[bytes.count - 1]) {
      return "it neither begins nor ends with `-` or `_`"
    }
    for (left, right) in zip(bytes, bytes.dropFirst()) where isSeparator(left) && isSeparator(right)
    {
      return "two of `-` and `_` do not follow each other"
    }
    return nil
  }

  /// A realm near to what was meant, or `nil` if nothing is left of it.
  static func corrected(_ realm: String) -> String? {
    let parts = realm.lowercased().utf8.split { byte in
      !((0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte))
    }
    let text = parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "-").prefix(64)
    return text.isEmpty || text.hasSuffix("-") ? nil : String(text)
  }
}

extension Hex {
  /// The SHA-256 of `bytes` in 64 digits.
  static func sha256(_ bytes: [UInt8]) -> String {
    SHA256.hash(data: bytes).withUnsafeBytes { lowercase($0) }
  }
}
