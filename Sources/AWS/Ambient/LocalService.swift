import Core
import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A credential service on or beside this machine: asked briefly, never through a proxy.
struct LocalService {
  /// Everything outside the process.
  var effects: Effects
  /// How long one answer may take.
  var timeout: Duration
  /// How often it is asked at most.
  var tries: Int

  /// Sends a request until an answer comes that is not a server's fault, with a short pause
  /// between tries.
  func send(
    _ method: String, _ url: String, _ headers: [(name: String, value: String)]
  ) async throws(TransportFailure) -> HTTPResponse {
    let request = HTTPRequest(method: method, url: url, headers: headers, timeout: timeout)
    var number = 1
    while true {
      do {
        let response = try await effects.transport.send(request)
        if response.status < 500 || number >= tries { return response }
      } catch {
        guard error.reason != .cancelled, error.reason != .misconfigured, number < tries else {
          throw error
        }
      }
      do {
        try await effects.sleep(.milliseconds(100 * number))
      } catch {
        throw TransportFailure(.cancelled, "waiting was interrupted")
      }
      number += 1
    }
  }
}

/// The JSON with which container, instance and process services hand out keys.
struct IssuedJSON: Decodable {
  var code: String?
  var version: Int?
  var accessKeyID: String?
  var secretAccessKey: String?
  var token: String?
  var sessionToken: String?
  var expiration: String?
  var accountID: String?
  var roleARN: String?

  private enum CodingKeys: String, CodingKey {
    case code = "Code"
    case version = "Version"
    case accessKeyID = "AccessKeyId"
    case secretAccessKey = "SecretAccessKey"
    case token = "Token"
    case sessionToken = "SessionToken"
    case expiration = "Expiration"
    case accountID = "AccountId"
    case roleARN = "RoleArn"
  }

  /// Reads it; `nil` when the bytes are not such JSON.
  static func parse(_ bytes: [UInt8]) -> IssuedJSON? {
    try? JSONDecoder().decode(IssuedJSON.self, from: Data(bytes))
  }

  /// Whether there is an end that cannot be read.
  var hasUnreadableEnd: Bool {
    expiration.map { !$0.isEmpty && UTCDate.ofProgram($0) == nil } ?? false
  }

  /// The credential; `nil` when a key is missing or the expiry cannot be read.
  func credential(token: String?, issuedAt: Instant, origin: AWSKeys.Origin) -> Credential? {
    guard let accessKeyID, !accessKeyID.isEmpty, let secretAccessKey, !secretAccessKey.isEmpty
    else { return nil }
    var end: Instant?
    if let expiration, !expiration.isEmpty {
      end = UTCDate.ofProgram(expiration)
      if end == nil { return nil }
    }
    let token = token.flatMap { $0.isEmpty ? nil : Secret($0) }
    return Credential(
      .aws(
        AWSKeys(
          accessKeyID: accessKeyID, secretAccessKey: Secret(secretAccessKey), sessionToken: token,
          origin: token == nil ? .longLived : origin)),
      issuedAt: issuedAt, expiresAt: end,
      account: accountID ?? roleARN.flatMap { ARN.account($0) })
  }
}
