import Core
import Model
import XML

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the response of a SAML identity provider says, as far as a login needs it.
///
/// Who signed it is for STS to verify. Nothing here is believed beyond which role to ask STS for and
/// how long the response may be kept.
struct SAMLResponse {
  /// The roles that it offers, in its order; never empty.
  let roles: [SAMLRole]
  /// How many seconds STS accepts it after it was issued, as far as it says.
  let lifetime: Int64

  /// STS takes an assertion up to five minutes after it was issued, whatever it says itself.
  ///
  /// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_saml.html
  static let longestLifetime: Int64 = 300
  /// The longest `SAMLAssertion` that STS takes, in characters.
  ///
  /// Source: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithSAML.html
  static let longestText = 100_000

  private static let roleAttribute = "https://aws.amazon.com/SAML/Attributes/Role"
  private static let success = "urn:oasis:names:tc:SAML:2.0:status:Success"

  /// Why a response is of no use.
  enum Fault: Error, Equatable {
    /// It is not a response at all, or is cut off.
    case unreadable
    /// It is longer than STS accepts.
    case tooLong(Int)
    /// The identity provider refused; what it says about it.
    case refused(String)
    /// Its assertion is encrypted for AWS.
    case encrypted
    /// It contains no assertion.
    case noAssertion
    /// It offers no role; the names of the attributes it has instead.
    case noRoles([String])
  }

  /// Reads a response in base64.
  init(_ encoded: Secret) throws(Fault) {
    guard encoded.count <= Self.longestText else { throw .tooLong(encoded.count) }
    let data = encoded.withBytes { Data(base64Encoded: Data($0)) }
    guard let data, let root = XMLElement.parse(Array(data)), root.name == "Response" else {
      throw .unreadable
    }
    if let status = root["Status", "StatusCode"]?.attributes["Value"], status != Self.success {
      throw .refused(Self.reason(root, status))
    }
    guard let assertion = root["Assertion"] else {
      throw root["EncryptedAssertion"] == nil ? .noAssertion : .encrypted
    }
    let attributes = assertion.all("AttributeStatement").flatMap { $0.all("Attribute") }
    var roles: [SAMLRole] = []
    for attribute in attributes where attribute.attributes["Name"] == Self.roleAttribute {
      for value in attribute.all("AttributeValue") {
        if let role = SAMLRole(attribute: value.text), !roles.contains(role) { roles.append(role) }
      }
    }
    guard !roles.isEmpty else { throw .noRoles(attributes.compactMap { $0.attributes["Name"] }) }
    self.roles = roles
    lifetime = Self.lifetime(root, assertion)
  }

  private static func reason(_ root: XMLElement, _ status: String) -> String {
    let words = root["Status", "StatusMessage"]?.text.trimmed ?? ""
    let inner = root["Status", "StatusCode", "StatusCode"]?.attributes["Value"] ?? status
    let code = inner.split(separator: ":").last.map(String.init) ?? inner
    return DisplayText.sanitized(words.isEmpty ? code : "\(code): \(words)", limit: 300)
  }

  /// From its issue to its end by the identity provider's clock, which may not be ours.
  private static func lifetime(_ root: XMLElement, _ assertion: XMLElement) -> Int64 {
    let issued = [assertion, root].lazy.compactMap { time($0, "IssueInstant") }.first
    let confirmations = assertion["Subject"]?.all("SubjectConfirmation") ?? []
    let ends =
      [assertion["Conditions"]].compactMap { $0.flatMap { time($0, "NotOnOrAfter") } }
      + confirmations.compactMap { confirmation in
        confirmation["SubjectConfirmationData"].flatMap { time($0, "NotOnOrAfter") }
      }
    guard let issued, let end = ends.min() else { return longestLifetime }
    return min(max(0, issued.seconds(until: end)), longestLifetime)
  }

  private static func time(_ element: XMLElement, _ name: String) -> Instant? {
    element.attributes[name].flatMap { UTCDate.rfc3339($0.trimmed) }
  }
}

extension SAMLResponse.Fault {
  /// The error for a person who logged in to `provider`.
  func error(of provider: String) -> AuthError {
    switch self {
    case .unreadable:
      AuthError(
        .refused, "what provider `\(provider)` answered is not a SAML response",
        hints: [
          "a `SAMLResponse` is base64 text that begins with `PD94` or `PHNhbWxw` and is not cut off"
        ])
    case .tooLong(let count):
      AuthError(
        .refused,
        "the SAML response of provider `\(provider)` has \(count) characters; STS accepts "
          + "\(SAMLResponse.longestText)",
        hints: [
          "let the identity provider send fewer attributes or roles, such as only the groups of AWS"
        ])
    case .refused(let reason):
      AuthError(
        .refused, "the identity provider of `\(provider)` refused the sign-in: \(reason)",
        hints: ["ask those who run it whether the application is assigned to you"])
    case .encrypted:
      AuthError(
        .refused,
        "the assertion of provider `\(provider)` is encrypted for AWS, so its roles cannot be read "
          + "here",
        hints: [
          "turn off the encryption of assertions for the AWS application at the identity provider; "
            + "the connection is encrypted anyway"
        ])
    case .noAssertion:
      AuthError(
        .refused, "the SAML response of provider `\(provider)` has no assertion",
        hints: ["look at the AWS application at the identity provider"])
    case .noRoles(let names):
      AuthError(
        .refused, "the assertion of provider `\(provider)` offers no AWS role",
        hints: [
          "the identity provider must send the attribute "
            + "`https://aws.amazon.com/SAML/Attributes/Role` with `ROLE_ARN,PROVIDER_ARN`",
          names.isEmpty
            ? "it sends no attributes"
            : "it sends "
              + names.prefix(10).map { "`\(DisplayText.sanitized($0, limit: 100))`" }
              .joined(separator: ", "),
        ])
    }
  }
}
