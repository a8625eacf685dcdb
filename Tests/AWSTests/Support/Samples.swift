import Core
import Foundation
import Model

@testable import AWS

extension String {
  var removingPercentEncodingForTests: String { removingPercentEncoding ?? self }
}

extension HTTPResponse {
  /// An answer of STS that issues keys.
  static func issues(
    _ action: String, id: String = "ASIAISSUEDKEY0000001",
    until end: String = "2025-01-15T13:00:00Z",
    role: String? = nil
  ) -> HTTPResponse {
    let user = role.map {
      "<AssumedRoleUser><AssumedRoleId>AROAX:s</AssumedRoleId><Arn>\($0)</Arn></AssumedRoleUser>"
    }
    return xml(
      200,
      """
      <\(action)Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><\(action)Result>
      \(user ?? "")<Credentials><AccessKeyId>\(id)</AccessKeyId>
      <SecretAccessKey>issued/secret+1</SecretAccessKey><SessionToken>issued//token==</SessionToken>
      <Expiration>\(end)</Expiration></Credentials></\(action)Result>
      <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></\(action)Response>
      """)
  }

  /// A refusal of STS.
  static func refuses(
    _ code: String, _ message: String = "", status: Int = 403,
    headers: [(name: String, value: String)] = []
  ) -> HTTPResponse {
    var response = xml(
      status,
      """
      <ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>
      <Code>\(code)</Code><Message>\(message)</Message></Error><RequestId>r-9</RequestId>
      </ErrorResponse>
      """)
    response.headers += headers
    return response
  }

  static func xml(_ status: Int, _ text: String) -> HTTPResponse {
    HTTPResponse(
      status: status, headers: [(name: "Content-Type", value: "text/xml")], body: Array(text.utf8))
  }

  static func json(_ text: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(status: status, body: Array(text.utf8))
  }
}

extension AWSKeys {
  static let user = AWSKeys(
    accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
    sessionToken: nil, origin: .longLived)

  static let session = AWSKeys(
    accessKeyID: "AKIDEXAMPLE", secretAccessKey: Secret("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
    sessionToken: Secret(
      "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQW=="),
    origin: .userSession)

  func with(origin: Origin) -> AWSKeys {
    var copy = self
    copy.origin = origin
    return copy
  }
}

extension Credential {
  static func upstream(
    _ keys: AWSKeys = .session, region: String? = nil, principal: String? = nil
  ) -> Credential {
    Credential(
      .aws(keys), issuedAt: .noon, expiresAt: nil, region: region, principal: principal)
  }
}

extension Instant {
  /// 2025-01-15T12:00:00Z, the time of all worlds.
  static let noon = Instant(secondsSince1970: 1_736_942_400)
}

/// Definitions written as nested Swift dictionaries.
enum Written {
  static let mark = SourceMark(file: "atmos.yaml", line: 1, column: 1)

  static func provider(_ name: String, _ kind: String, _ body: [String: Any]) -> Definition {
    Definition(name: name, section: .provider, kind: kind, node: node(body), mark: mark)
  }

  static func identity(_ name: String, _ kind: String, _ body: [String: Any]) -> Definition {
    Definition(name: name, section: .identity, kind: kind, node: node(body), mark: mark)
  }

  static func node(_ value: Any) -> ConfigNode {
    switch value {
    case let node as ConfigNode: node
    case let map as [String: Any]:
      ConfigNode(
        .mapping(
          map.sorted { $0.key < $1.key }.map {
            ConfigNode.Entry(key: $0.key, mark: mark, value: node($0.value))
          }), mark: mark)
    case let list as [Any]: ConfigNode(.sequence(list.map(node)), mark: mark)
    default: ConfigNode(.scalar("\(value)", isQuoted: false), mark: mark)
    }
  }

  /// A value that came from `!env NAME`.
  static func variable(_ name: String, _ value: String) -> ConfigNode {
    ConfigNode(.scalar(value, isQuoted: true), mark: mark, expression: "!env \(name)")
  }
}
