internal import Core
internal import Crypto
public import Model

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

extension Chain {
  /// The digest under which link `index` is remembered: SHA-256 of ``digestInput(through:)``, 64
  /// lower-case hexadecimal digits.
  public func sessionDigest(through index: Int) -> String {
    Hex.lowercase(SHA256.hash(data: digestInput(through: index)))
  }
}
