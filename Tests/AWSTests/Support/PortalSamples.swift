import Core
import Foundation
import Model

@testable import AWS

/// Answers of IAM Identity Center, as its service models describe them.
extension HTTPResponse {
  static func registers(_ id: String = "client-1", days: Int64 = 90) -> HTTPResponse {
    let end = Instant.noon.advanced(bySeconds: days * 86400).secondsSince1970
    return .json(
      """
      {"clientId":"\(id)","clientSecret":"secret-of-\(id)","clientIdIssuedAt":1736942400,\
      "clientSecretExpiresAt":\(end),"authorizationEndpoint":null}
      """)
  }

  static func authorizes(interval: Int = 1, expiresIn: Int = 600) -> HTTPResponse {
    .json(
      """
      {"deviceCode":"device-code","userCode":"ABCD-EFGH",\
      "verificationUri":"https://corp.awsapps.com/start/#/device",\
      "verificationUriComplete":"https://corp.awsapps.com/start/#/device?user_code=ABCD-EFGH",\
      "expiresIn":\(expiresIn),"interval":\(interval)}
      """)
  }

  static func token(
    _ token: String = "token-1", refresh: String? = "refresh-1", expiresIn: Int = 28800
  ) -> HTTPResponse {
    let renewal = refresh.map { ",\"refreshToken\":\"\($0)\"" } ?? ""
    return .json(
      "{\"accessToken\":\"\(token)\",\"expiresIn\":\(expiresIn),\"tokenType\":\"Bearer\"\(renewal)}"
    )
  }

  static func sso(_ exception: String, _ error: String? = nil, status: Int = 400) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [(name: "x-amzn-ErrorType", value: "\(exception):http://x/")],
      body: Array("{\"error\":\"\(error ?? "")\",\"error_description\":null}".utf8))
  }

  static let pending = sso("AuthorizationPendingException", "authorization_pending")

  static func roleKeys(until end: Int64 = 1_736_946_000) -> HTTPResponse {
    .json(
      """
      {"roleCredentials":{"accessKeyId":"ASIAROLEKEY000000001","secretAccessKey":"role/secret",\
      "sessionToken":"role//token==","expiration":\(end)000}}
      """)
  }

  static func accounts(_ list: [(String, String)], next: String? = nil) -> HTTPResponse {
    let items = list.map {
      "{\"accountId\":\"\($0.0)\",\"accountName\":\"\($0.1)\",\"emailAddress\":\"a@b\"}"
    }
    let token = next.map { "\"\($0)\"" } ?? "null"
    return .json("{\"accountList\":[\(items.joined(separator: ","))],\"nextToken\":\(token)}")
  }

  static func roles(_ names: String..., next: String? = nil) -> HTTPResponse {
    let items = names.map { "{\"roleName\":\"\($0)\",\"accountId\":\"1\"}" }
    let token = next.map { "\"\($0)\"" } ?? "null"
    return .json("{\"roleList\":[\(items.joined(separator: ","))],\"nextToken\":\(token)}")
  }
}

extension TransportFailure {
  static let refusedConnection = TransportFailure(.notSent, "connection refused")
  static let brokenConnection = TransportFailure(.maybeSent, "connection broke")
}

extension BearerToken.Client {
  static func sample(
    grant: SSOOIDCClient.Grant = .deviceCode, days: Int64 = 80
  ) -> BearerToken.Client {
    BearerToken.Client(
      id: "client-0", secret: Secret("secret-of-client-0"),
      expiresAt: .noon.advanced(bySeconds: days * 86400), grant: grant.rawValue)
  }
}

extension Credential {
  static func login(
    token: String = "token-0", refresh: String? = "refresh-0", secondsLeft: Int64 = 0,
    client: BearerToken.Client? = .sample(), endpoint: String? = nil
  ) -> Credential {
    Credential(
      .bearer(
        BearerToken(
          issuer: "https://corp.awsapps.com/start", accessToken: Secret(token),
          refreshToken: refresh.map { Secret($0) }, client: client, endpoint: endpoint)),
      issuedAt: .noon.advanced(bySeconds: -3600),
      expiresAt: .noon.advanced(bySeconds: secondsLeft), region: "eu-west-1")
  }
}
