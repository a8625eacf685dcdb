public import Core

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// AWS keys as a keyring entry holds them; atmos and we read each other's entries.
///
/// An entry is the JSON text `{"type": "aws", "data": {…}}` with the fields below in snake case.
/// Fields that are empty count as absent, since atmos writes both.
public struct StoredKeys: Sendable, Equatable {
  /// The access key id.
  public var accessKeyID: String
  /// The secret access key.
  public var secretAccessKey: Secret
  /// The session token of keys that end; long-lived keys have none.
  public var sessionToken: Secret?
  /// The region to call STS in, when one was stored.
  public var region: String?
  /// When keys that end do so, as RFC 3339 text.
  public var expiration: String?
  /// The ARN or serial number of the user's MFA device.
  public var mfaARN: String?
  /// How long sessions should last, as configuration files write durations.
  public var sessionDuration: String?

  /// How long a session of them may last, in seconds; more than 12 hours only with MFA.
  ///
  /// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html
  public static let durations: ClosedRange<Int64> = 900...129_600

  /// Creates an entry.
  public init(
    accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret? = nil,
    region: String? = nil, expiration: String? = nil, mfaARN: String? = nil,
    sessionDuration: String? = nil
  ) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.region = region
    self.expiration = expiration
    self.mfaARN = mfaARN
    self.sessionDuration = sessionDuration
  }

  /// Makes sure that a text can be the id of keys that do not end.
  ///
  /// `AKIA…` are long-lived, `ASIA…` temporary ones that would be worthless tomorrow
  /// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids).
  ///
  /// - Throws: ``AuthError`` with code `usage`.
  public static func check(accessKeyID id: String) throws(AuthError) {
    if isOfEmulator(accessKeyID: id) { return }
    let isWord = id.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || byte == UInt8(ascii: "_")
    }
    guard (16...128).contains(id.utf8.count), isWord else {
      throw AuthError(
        .usage, "not an access key id: it has 16 to 128 letters and digits",
        hints: ["it looks like AKIAIOSFODNN7EXAMPLE"])
    }
    guard !id.hasPrefix("ASIA") else {
      throw AuthError(
        .usage, "the access key id starts with ASIA: those are temporary keys",
        hints: ["make an access key for the IAM user; its id starts with AKIA"])
    }
  }

  /// Whether an id can only be one of an emulator, such as `test` of LocalStack and `minioadmin` of
  /// MinIO: a short word in lower case.
  ///
  /// Ids of AWS have 16 characters or more, in capitals.
  public static func isOfEmulator(accessKeyID id: String) -> Bool {
    (3..<16).contains(id.utf8.count)
      && id.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
          || byte == UInt8(ascii: "-")
      }
  }

  /// Reads an entry.
  ///
  /// - Returns: The keys, or `nil` when the entry is of another type or lacks a key.
  /// - Throws: ``AuthError`` with code `badConfiguration` when the entry is not such JSON; the
  ///   message names no part of the content.
  public init?(entry: Secret) throws(AuthError) {
    let envelope: Envelope
    do {
      let data = entry.withBytes { Data($0) }
      envelope = try JSONDecoder().decode(Envelope.self, from: data)
    } catch {
      // The decoder's own words may quote the content, so they go no further.
      throw AuthError(.badConfiguration, "the keyring entry is not the JSON that atmos writes")
    }
    guard envelope.type == "aws", let data = envelope.data,
      let id = data.access_key_id, !id.isEmpty,
      let secret = data.secret_access_key, !secret.isEmpty
    else { return nil }
    func present(_ text: String?) -> String? { text?.isEmpty == false ? text : nil }
    self.init(
      accessKeyID: id, secretAccessKey: Secret(secret),
      sessionToken: present(data.session_token).map { Secret($0) },
      region: present(data.region), expiration: present(data.expiration),
      mfaARN: present(data.mfa_arn), sessionDuration: present(data.session_duration))
  }

  /// The entry to store.
  public func entry() -> Secret {
    var data = Envelope.Fields()
    data.access_key_id = accessKeyID
    data.secret_access_key = secretAccessKey.revealed()
    data.session_token = sessionToken?.revealed()
    data.region = region
    data.expiration = expiration
    data.mfa_arn = mfaARN
    data.session_duration = sessionDuration
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Encoding plain texts cannot fail; an empty entry would read as "no keys".
    return Secret((try? encoder.encode(Envelope(type: "aws", data: data))) ?? Data())
  }
}

/// The JSON around and in an entry; its property names are the format's.
private struct Envelope: Codable {
  var type: String
  var data: Fields?

  // swift-format-ignore: AlwaysUseLowerCamelCase
  struct Fields: Codable {
    var access_key_id: String?
    var secret_access_key: String?
    var session_token: String?
    var region: String?
    var expiration: String?
    var mfa_arn: String?
    var session_duration: String?
  }
}
