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

  /// Takes a key in PEM; `nil` for a text that is not a private key on P-256.
  ///
  /// As in botocore, what counts is the DER (SEC1, or PKCS #8) between the lines of dashes.
  init?(pem: Secret) {
    let key: P256.Signing.PrivateKey? = pem.withBytes { bytes in
      var digits: [UInt8] = []
      for line in bytes.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D })
      where !line.starts(with: "-----".utf8) {
        digits += line.filter { $0 != 0x20 && $0 != 0x09 }
      }
      defer { digits.wipe() }
      guard var der = Base64.decode(digits, .standard) else { return nil }
      defer { der.wipe() }
      return try? P256.Signing.PrivateKey(derRepresentation: der)
    }
    guard let key else { return nil }
    self.key = key
  }

  /// The key in PEM, as the AWS CLI keeps it: an `EC PRIVATE KEY` (SEC1; RFC 5915).
  var pem: Secret {
    var scalar = key.rawRepresentation
    defer { scalar.resetBytes(in: 0..<scalar.count) }
    // SEQUENCE { version 1, the scalar, [0] the curve prime256v1, [1] the public point }
    var der: [UInt8] = [0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20]
    defer { der.wipe() }
    der += scalar
    der += [0xA0, 0x0A, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]
    der += [0xA1, 0x44, 0x03, 0x42, 0x00] + key.publicKey.x963Representation
    var digits = Base64.encode(der, .standard)
    defer { digits.wipe() }
    var text = Array("-----BEGIN EC PRIVATE KEY-----\n".utf8)
    defer { text.wipe() }
    for start in stride(from: 0, to: digits.count, by: 64) {
      text += digits[start..<min(start + 64, digits.count)] + [0x0A]
    }
    return Secret(text + "-----END EC PRIVATE KEY-----\n".utf8)
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
