public import Core

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What an identity token says of itself, fit to be shown.
public struct TokenClaims: Sendable, Equatable {
  /// `iss`: who issued it.
  public var issuer: String?
  /// `sub`: whom it is about.
  public var subject: String?
  /// `aud`: whom it is for; a token may name several.
  public var audiences: [String]
  /// `exp`: when it ends, by the issuer's clock.
  public var expiresAt: Instant?

  /// Reads the payload of a JWT, without a look at the signature; `nil` for text that is not one.
  public init?(jwt: Secret) {
    let parts = jwt.withBytes { bytes in
      bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map(Array.init)
    }
    guard parts.count == 3, let payload = Base64.decode(parts[1], .url),
      let claims = try? JSONDecoder().decode(Payload.self, from: Data(payload))
    else { return nil }
    issuer = claims.iss.map(Self.shown)
    subject = claims.sub.map(Self.shown)
    audiences = claims.aud.map(Self.shown)
    expiresAt = claims.exp.map { Instant(secondsSince1970: Int64($0)) }
  }

  private static func shown(_ text: String) -> String {
    DisplayText.sanitized(text, limit: 300)
  }

  private struct Payload: Decodable {
    var iss: String?
    var sub: String?
    var aud: [String] = []
    var exp: Double?

    private enum Key: String, CodingKey { case iss, sub, aud, exp }

    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: Key.self)
      iss = try? values.decode(String.self, forKey: .iss)
      sub = try? values.decode(String.self, forKey: .sub)
      if let one = try? values.decode(String.self, forKey: .aud) {
        aud = [one]
      } else {
        aud = (try? values.decode([String].self, forKey: .aud)) ?? []
      }
      // A number, which some issuers write as text.
      let text = try? values.decode(String.self, forKey: .exp)
      let number = (try? values.decode(Double.self, forKey: .exp)) ?? text.flatMap { Double($0) }
      exp = number.flatMap { (0...253_402_300_799).contains($0) ? $0 : nil }
    }
  }
}

extension TokenClaims {
  /// The claims in one line, for a person who compares them with a trust policy.
  public var line: String {
    let audience =
      audiences.isEmpty ? "none" : audiences.map { "`\($0)`" }.joined(separator: ", ")
    return "iss \(Self.quoted(issuer)), sub \(Self.quoted(subject)), aud \(audience), "
      + "exp \(expiresAt.map(Timestamp.rfc3339) ?? "none")"
  }

  private static func quoted(_ text: String?) -> String { text.map { "`\($0)`" } ?? "none" }
}
