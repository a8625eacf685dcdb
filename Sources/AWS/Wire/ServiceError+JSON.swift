import Core
import Model

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ServiceError {
  /// Reads the answer of a service of the REST-JSON protocol that is not a success.
  ///
  /// The code is in a header, with or without a namespace and a link, or in the body; the sign-in of
  /// IAM Identity Center has OAuth's code there as well, which is translated.
  init(json response: HTTPResponse) {
    status = response.status
    date = response.header("Date").flatMap { UTCDate.httpDate($0) }
    let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
    let named = [response.header("x-amzn-ErrorType"), body?.type, body?.code]
      .compactMap { $0.map(Self.bare) }.first { !$0.isEmpty }
    code = DisplayText.sanitized(
      named ?? body?.error.map { Self.exceptions[$0] ?? $0 } ?? "", limit: 80)
    if code.isEmpty { code = "HTTP \(status)" }
    let sentence = body?.description ?? body?.message ?? body?.capitalMessage ?? ""
    message = DisplayText.sanitized(sentence.trimmed, limit: 1000)
    requestID = response.header("x-amzn-RequestId").flatMap {
      $0.isEmpty ? nil : DisplayText.sanitized($0.trimmed, limit: 80)
    }
  }

  /// OAuth's own code in an answer that is not a success (RFC 6749 §5.2).
  static func oauthCode(_ response: HTTPResponse) -> String? {
    guard let body = try? JSONDecoder().decode(Body.self, from: Data(response.body)) else {
      return nil
    }
    return body.error.flatMap { $0.isEmpty ? nil : $0 }
  }

  /// `a.b#Code:http://…` is `Code`.
  private static func bare(_ type: String) -> String {
    type.prefix { $0 != ":" }.split(separator: "#").last.map { String($0).trimmed } ?? ""
  }

  /// What the exceptions of `sso-oidc` are in OAuth (RFC 6749 §5.2, RFC 8628 §3.5).
  private static let exceptions = [
    "authorization_pending": "AuthorizationPendingException",
    "slow_down": "SlowDownException",
    "expired_token": "ExpiredTokenException",
    "access_denied": "AccessDeniedException",
    "invalid_grant": "InvalidGrantException",
    "invalid_client": "InvalidClientException",
    "invalid_request": "InvalidRequestException",
    "invalid_scope": "InvalidScopeException",
    "unauthorized_client": "UnauthorizedClientException",
    "unsupported_grant_type": "UnsupportedGrantTypeException",
    "server_error": "InternalServerException",
  ]

  private struct Body: Decodable {
    var type: String?
    var code: String?
    var error: String?
    var description: String?
    var message: String?
    var capitalMessage: String?

    private enum CodingKeys: String, CodingKey {
      case type = "__type"
      case code
      case error
      case description = "error_description"
      case message
      case capitalMessage = "Message"
    }
  }
}
