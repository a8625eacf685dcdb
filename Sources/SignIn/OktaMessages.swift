internal import Core

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What Okta's authentication API answers, as far as it is of use here.
///
/// Source: https://developer.okta.com/docs/reference/api/authn/
struct OktaAnswer: Decodable {
  var status: String?
  var stateToken: String?
  var sessionToken: String?
  var factorResult: String?
  var errorCode: String?
  var errorSummary: String?
  var embedded: Embedded?
  var links: Links?

  private enum CodingKeys: String, CodingKey {
    case status, stateToken, sessionToken, factorResult, errorCode, errorSummary
    case embedded = "_embedded"
    case links = "_links"
  }

  struct Embedded: Decodable {
    var factors: [OktaFactor]?
    var factor: OktaFactor?
  }

  struct Links: Decodable {
    var skip: Link?
    var next: Link?

    private enum CodingKeys: String, CodingKey {
      case skip, next
    }

    /// Links that are written in another way, as a list, are as if they were not there.
    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      skip = try? values.decode(Link.self, forKey: .skip)
      next = try? values.decode(Link.self, forKey: .next)
    }
  }

  struct Link: Decodable {
    var href: String?
  }

  static func decode(_ bytes: [UInt8]) -> OktaAnswer? {
    try? JSONDecoder().decode(OktaAnswer.self, from: Data(bytes))
  }
}

/// A second factor of a user at Okta.
struct OktaFactor: Decodable {
  var id: String?
  var factorType: String
  var provider: String?
  var profile: Profile?
  var links: Links?
  var embedded: Embedded?

  private enum CodingKeys: String, CodingKey {
    case id, factorType, provider, profile
    case links = "_links"
    case embedded = "_embedded"
  }

  struct Profile: Decodable {
    var phoneNumber: String?
    var email: String?
    var name: String?
    var questionText: String?
  }

  struct Links: Decodable {
    var verify: OktaAnswer.Link?
  }

  struct Embedded: Decodable {
    var challenge: Challenge?
  }

  struct Challenge: Decodable {
    var correctAnswer: Int?
  }

  /// What a person does for it.
  enum Way {
    /// Types a code of an app.
    case code
    /// Types what a token shows, or lets it type.
    case token
    /// Approves on a telephone.
    case push
    /// Types a code that is sent to them.
    case sent
    /// Answers a question.
    case question
  }

  /// What a person does for it; `nil` where only a browser can.
  var way: Way? {
    switch factorType {
    case "token:software:totp": .code
    case "token:hardware", "token:hotp", "token": .token
    case "push": .push
    case "sms", "call", "email": .sent
    case "question": .question
    default: nil
    }
  }

  /// What it is called in a list.
  var shown: String {
    let where_ = profile?.phoneNumber ?? profile?.email ?? profile?.name
    let what =
      switch factorType {
      case "token:software:totp":
        "code of an app (\(provider == "GOOGLE" ? "Google" : "Okta Verify"))"
      case "token:hardware" where provider == "YUBICO": "code of a YubiKey"
      case "token:hardware", "token:hotp", "token": "code of a token"
      case "push": "push to Okta Verify"
      case "sms": "text message"
      case "call": "call"
      case "email": "e-mail"
      case "question": "question"
      default: factorType
      }
    return DisplayText.sanitized(where_.map { "\(what), \($0)" } ?? what, limit: 120)
  }
}
