internal import Core
internal import Crypto
public import Model

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// Where the session of a link is remembered.
public struct SessionPlace: Sendable, Hashable {
  /// The realm; ``SessionStore/sharedRealm`` for shared logins.
  public var realm: String
  /// The name it is stored under.
  public var name: String
  /// What it has to be for, 64 lower-case hexadecimal digits.
  public var digest: String

  /// Creates a place.
  public init(realm: String, name: String, digest: String) {
    self.realm = realm
    self.name = name
    self.digest = digest
  }
}

extension SessionNarrowing {
  /// The SHA-256 of the policy in JSON, in hexadecimal digits; `nil` without one.
  public var policyDigest: String? {
    policy.map { Hex.lowercase(Array(SHA256.hash(data: Array($0.utf8)))) }
  }
}

extension Chain {
  /// Whether the credential of link `index` may be remembered.
  ///
  /// What depends on credentials that the surroundings offer may be somebody else's the next time.
  public func isRemembered(_ index: Int) -> Bool {
    links[...index].allSatisfy(\.kind.isRemembered)
  }

  /// Where the session of link `index` is remembered.
  ///
  /// A login that several definitions share is outside of all realms, so that two repositories
  /// with the same provider have one login; the links after it are each chain's own.
  public func sessionPlace(of index: Int) -> SessionPlace {
    let link = links[index]
    guard let login = link.source.sharedLogin else {
      let digest = sessionDigest(through: index)
      let name = SessionStore.name(of: link)
      return SessionPlace(
        realm: realm,
        name: link.isNarrowed ? SessionStore.narrowedPrefix(name) + digest.prefix(16) : name,
        digest: digest)
    }
    let input = Self.digestInput(ofShared: link, login: login)
    return SessionPlace(
      realm: SessionStore.sharedRealm, name: login,
      digest: Hex.lowercase(SHA256.hash(data: input)))
  }

  /// The digest under which link `index` is remembered: SHA-256 of ``digestInput(through:)``, 64
  /// lower-case hexadecimal digits.
  public func sessionDigest(through index: Int) -> String {
    Hex.lowercase(SHA256.hash(data: digestInput(through: index)))
  }
}
