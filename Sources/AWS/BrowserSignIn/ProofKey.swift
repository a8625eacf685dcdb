import Core
import Crypto
import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The key that a login's refresh token is bound to, and the proofs that show it (DPoP, RFC 9449).
struct ProofKey {
  private let key: P256.Signing.PrivateKey

  /// Makes a new key.
  init(_ effects: Effects) {
    // One of four thousand million draws is not a key.
    while true {
      var bytes = effects.randomBytes(32)
      defer { bytes.wipe() }
      if let key = try? P256.Signing.PrivateKey(rawRepresentation: bytes) {
        self.key = key
        return
      }
    }
  }

  /// Takes a key that was kept; `nil` for bytes that are not one.
  init?(_ raw: Secret) {
    let key = raw.withBytes { try? P256.Signing.PrivateKey(rawRepresentation: $0) }
    guard let key else { return nil }
    self.key = key
  }

  /// The key, to be kept: the 32 bytes of its scalar.
  var secret: Secret {
    var data = key.rawRepresentation
    defer { data.resetBytes(in: 0..<data.count) }
    return Secret(data)
  }

  /// The proof for one request: a signed token (RFC 7515) that names the request and the public key.
  ///
  /// - Parameters:
  ///   - method: The method of the request.
  ///   - url: The address of the request, without a query.
  ///   - time: When it is sent, by the service's clock.
  ///   - id: What no other proof has; a service takes each once.
  /// - Returns: The proof, as it stands in the header `DPoP`.
  func proof(method: String, url: String, at time: Instant, id: String) -> Secret {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Encoding plain texts and numbers cannot fail, nor can signing.
    let header = (try? encoder.encode(Header(jwk: publicKey))) ?? Data()
    let claims = Claims(htm: method, htu: url, iat: time.secondsSince1970, jti: id)
    let payload = (try? encoder.encode(claims)) ?? Data()
    let dot = [UInt8(ascii: ".")]
    let signed = Base64.encode(header, .url) + dot + Base64.encode(payload, .url)
    // R and S as they are, 32 bytes each, and not in DER (RFC 7518 §3.4; trap 107 of docs/traps.md).
    let signature = (try? key.signature(for: signed).rawRepresentation) ?? Data()
    return Secret(signed + dot + Base64.encode(signature, .url))
  }

  private var publicKey: PublicKey {
    // Both coordinates, 32 bytes each with the zeros before them.
    let point = key.publicKey.rawRepresentation
    return PublicKey(x: Self.text(point.prefix(32)), y: Self.text(point.suffix(32)))
  }

  private static func text(_ bytes: Data) -> String {
    String(decoding: Base64.encode(bytes, .url), as: UTF8.self)
  }

  // The names are those of RFC 7517 and RFC 9449.

  private struct Header: Encodable {
    var typ = "dpop+jwt"
    var alg = "ES256"
    var jwk: PublicKey
  }

  private struct PublicKey: Encodable {
    var kty = "EC"
    var crv = "P-256"
    var x: String
    var y: String
  }

  private struct Claims: Encodable {
    var htm: String
    var htu: String
    var iat: Int64
    var jti: String
  }
}
