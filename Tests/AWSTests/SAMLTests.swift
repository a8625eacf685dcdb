import Core
import Foundation
import Model
import Testing

@testable import AWS

@Suite struct SAMLTests {
  static let provider = "arn:aws:iam::123456789012:saml-provider/corp"
  static let role = "arn:aws:iam::123456789012:role/team/Admin"

  /// A response, in base64.
  static func response(
    roles: [String] = ["\(role),\(provider)"], before: String = "", inside: String = "",
    conditions: String = #"NotOnOrAfter="2025-01-15T12:03:20Z""#
  ) -> Secret {
    let values = roles.map { "<saml:AttributeValue>\($0)</saml:AttributeValue>" }.joined()
    let text = """
      \(before)<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
        xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" IssueInstant="2025-01-15T12:00:00Z">
      <samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/>
      </samlp:Status><saml:Assertion IssueInstant="2025-01-15T12:00:00.123Z">\(inside)
      <saml:Conditions \(conditions)/><saml:AttributeStatement>
      <saml:Attribute Name="https://aws.amazon.com/SAML/Attributes/Role">\(values)</saml:Attribute>
      </saml:AttributeStatement></saml:Assertion></samlp:Response>
      """
    return Secret(Data(text.utf8).base64EncodedString())
  }

  @Test(arguments: [
    "\(role),\(provider)", "\(provider),\(role)", "\n  \(provider) ,\n\t\(role)  ",
  ])
  func `trap 44: role and provider come in either order`(value: String) {
    #expect(SAMLRole(attribute: value) == SAMLRole(role: Self.role, provider: Self.provider))
  }

  @Test func `a name may have a comma in it`() {
    let role = "arn:aws-us-gov:iam::123456789012:role/a,b=c"
    #expect(SAMLRole(attribute: "\(role),\(Self.provider)")?.role == role)
  }

  @Test(arguments: [
    "", role, "\(role),\(role)", "\(role),arn:aws:iam::1:saml-provider/x",
    "\(role),arn:aws:iam::123456789012:saml-provider/", "evil:role/x,evil:saml-provider/y",
  ])
  func `what is not a pair is not a role`(value: String) {
    #expect(SAMLRole(attribute: value) == nil)
  }

  @Test func `a response lasts as long as it says, and five minutes at most`() throws {
    #expect(try SAMLResponse(Self.response()).lifetime == 200)
    let long = Self.response(conditions: #"NotOnOrAfter="2025-01-15T20:00:00Z""#)
    #expect(try SAMLResponse(long).lifetime == 300)
    let confirmed = Self.response(
      inside: """
        <saml:Subject><saml:SubjectConfirmation>
        <saml:SubjectConfirmationData NotOnOrAfter="2025-01-15T12:01:00Z"/>
        </saml:SubjectConfirmation></saml:Subject>
        """)
    #expect(try SAMLResponse(confirmed).lifetime == 60)
    #expect(try SAMLResponse(Self.response(conditions: "")).lifetime == 300)
  }

  @Test func `a document type is refused, entities with it`() {
    let bomb = Self.response(
      roles: ["&r;"], before: #"<!DOCTYPE r [<!ENTITY r "\#(Self.role),\#(Self.provider)">]>"#)
    #expect(throws: SAMLResponse.Fault.unreadable) { try SAMLResponse(bomb) }
  }

  @Test func `a comment does not shorten a name`() throws {
    let response = Self.response(roles: ["\(Self.role)<!-- -->x,\(Self.provider)"])
    #expect(try SAMLResponse(response).roles.map(\.role) == ["\(Self.role)x"])
  }

  @Test func `a text longer than STS takes is not sent`() {
    let long = Secret(String(repeating: "A", count: 100_004))
    #expect(throws: SAMLResponse.Fault.tooLong(100_004)) { try SAMLResponse(long) }
  }

  @Test(arguments: [
    "PHNh+/=", " PHNh\n+/= ", "SAMLResponse=PHNh%2B%2F%3D&RelayState=x", "\"PHNh+/=\"",
    "SAMLResponse: PHNh+/=", "\"SAMLResponse\": \"PHNh+/=\"",
  ])
  func `trap 43: what was pasted is decoded once`(text: String) {
    #expect(PastedResponse.cleaned(Secret(text)).revealed() == "PHNh+/=")
  }

  @Test func `the credential is remembered as it is`() {
    let assertion = SAMLAssertion(
      provider: "corp", response: Self.response(), seconds: 7200, endpointURL: nil)
    let credential = assertion.credential(issuedAt: .noon, lifetime: 300, region: "eu-west-1")
    let back = SAMLAssertion(credential)
    #expect(back?.response == assertion.response && back?.seconds == 7200)
    #expect(back?.provider == "corp" && back?.endpointURL == nil)
    #expect(credential.expiresAt == Instant.noon.advanced(bySeconds: 300))
    #expect(SAMLAssertion(.upstream()) == nil)
  }

  // MARK: The role

  private func assume(
    _ principal: [String: Any], _ world: FakeWorld, offered: [String]? = nil,
    seconds: Int64? = nil, endpointURL: String? = nil, region: String = "eu-west-1"
  ) async throws(AuthError) -> Credential {
    let source = try AssumeRoleSource(
      Written.identity(
        "admin", "aws/assume-role", ["via": ["provider": "corp"], "principal": principal]))
    let assertion = SAMLAssertion(
      provider: "corp", response: offered.map { Self.response(roles: $0) } ?? Self.response(),
      seconds: seconds, endpointURL: endpointURL)
    return try await source.credential(
      LinkRequest(
        realm: "",
        upstream: assertion.credential(issuedAt: .noon, lifetime: 300, region: region),
        effects: world.effects))
  }

  @Test func `trap 47: an assertion is exchanged for the role itself`() async throws {
    let world = FakeWorld()
    world.answers(.issues("AssumeRoleWithSAML", role: "arn:aws:sts::123456789012:assumed-role/A/j"))
    let credential = try await assume(["assume_role": Self.role], world)
    #expect(
      world.form(0) == [
        "Action": "AssumeRoleWithSAML", "Version": "2011-06-15", "RoleArn": Self.role,
        "PrincipalArn": Self.provider, "SAMLAssertion": Self.response().revealed(),
      ])
    #expect(world.requests[0].url == "https://sts.eu-west-1.amazonaws.com/")
    #expect(!world.requests[0].headers.contains { $0.name.lowercased() == "authorization" })
    #expect(credential.aws?.origin == .role && credential.region == "eu-west-1")
    #expect(credential.account == "123456789012" && world.notices.isEmpty)
  }

  @Test func `trap 29: what narrows a session is sent, and what the assertion decides is said`()
    async throws
  {
    let world = FakeWorld()
    world.answers(.issues("AssumeRoleWithSAML"))
    _ = try await assume(
      [
        "assume_role": Self.role, "policy": "{}", "policy_arns": ["arn:aws:iam::aws:policy/R"],
        "external_id": "x1", "session_name": "me",
      ], world, seconds: 7200)
    #expect(world.form(0)["Policy"] == "{}")
    #expect(world.form(0)["PolicyArns.member.1.arn"] == "arn:aws:iam::aws:policy/R")
    #expect(world.form(0)["DurationSeconds"] == "7200")
    #expect(world.form(0)["ExternalId"] == nil)
    #expect(
      world.notices == [
        "`principal.external_id`, `principal.session_name` of `admin` is not used: the assertion of "
          + "a SAML provider decides that"
      ])
  }

  @Test(arguments: [
    ("aws-cn", "cn-northwest-1", "https://sts.cn-northwest-1.amazonaws.com.cn/"),
    ("aws-us-gov", "us-gov-west-1", "https://sts.us-gov-west-1.amazonaws.com/"),
    ("aws-eusc", "eusc-de-east-1", "https://sts.eusc-de-east-1.amazonaws.eu/"),
  ])
  func `STS of the role's partition is called`(
    partition: String, region: String, url: String
  ) async throws {
    let world = FakeWorld()
    world.answers(.issues("AssumeRoleWithSAML"))
    let role = "arn:\(partition):iam::123456789012:role/x"
    let provider = "arn:\(partition):iam::123456789012:saml-provider/p"
    let credential = try await assume(
      ["assume_role": role], world, offered: ["\(role),\(provider)"])
    #expect(world.requests[0].url == url && credential.region == region)
  }

  @Test(arguments: [("admin", nil), ("admin", "https://a.example")] as [(String, String?)])
  func `an expired assertion is gotten again`(name: String, endpoint: String?) async throws {
    let world = FakeWorld()
    world.answers(
      .refuses(
        "ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance", status: 400)
    )
    let error = try await #require(throws: AuthError.self) {
      _ = try await assume(["assume_role": Self.role], world, endpointURL: endpoint)
    }
    #expect(error.code == .expiredUpstream)
    #expect(world.requests[0].url.hasPrefix(endpoint ?? "https://sts.eu-west-1.amazonaws.com/"))
  }

  @Test func `a role of an assertion is chosen where there is somebody to ask`() async throws {
    let roles = ["\(Self.role),\(Self.provider)", "\(Self.role)2,\(Self.provider)"]
    let alone = FakeWorld()
    let error = try await #require(throws: AuthError.self) {
      _ = try await assume([:], alone, offered: roles)
    }
    #expect(error.code == .loginRequired && alone.requests.isEmpty)
    #expect(error.report.contains("it offers `\(Self.role)2`"))

    let world = FakeWorld(hasTerminal: true)
    world.types("2")
    world.answers(HTTPResponse(status: 500))
    world.answers(.issues("AssumeRoleWithSAML"))
    _ = try await assume([:], world, offered: roles)
    #expect(world.requests[0].url == "https://signin.aws.amazon.com/saml")
    #expect(world.form(1)["RoleArn"] == "\(Self.role)2")
    #expect(world.notices.contains("  1) 123456789012  team/Admin"))

    let named = FakeWorld(hasTerminal: true)
    named.types("2")
    let page = "<div class=saml-account-name>Account: acme-prod (123456789012)</div>"
    named.answers(HTTPResponse(status: 200, body: Array(page.utf8)))
    named.answers(.issues("AssumeRoleWithSAML"))
    _ = try await assume([:], named, offered: roles)
    #expect(named.notices.contains("  1) 123456789012 (acme-prod)  team/Admin"))
  }
}

@Suite struct SAMLBrowserTests {
  @Test(arguments: [
    "https://signin.aws.amazon.com/saml", "https://eu-west-1.signin.aws.amazon.com/saml",
    "https://signin.amazonaws.cn/saml",
    "https://us-gov-west-1.signin.amazonaws-us-gov.com/saml?x=1",
    "https://eusc-de-east-1.signin.amazonaws-eusc.eu/saml/acs/SAMLSP4X#f",
    "https://SIGNIN.aws.amazon.com:443/saml",
  ])
  func `trap 50: the sign-in pages of every partition`(url: String) {
    #expect(ResponseAddress.isOne(url))
  }

  @Test(arguments: [
    "https://evil.example/?https://signin.aws.amazon.com/saml", "http://signin.aws.amazon.com/saml",
    "https://signin.aws.amazon.com.evil.example/saml", "https://xsignin.aws.amazon.com/saml",
    "https://signin.aws.amazon.com@evil.example/saml", "https://signin.aws.amazon.com/samlx",
    "https://signin.aws.amazon.com:8443/saml", "https://signin.aws.amazon.com/oauth",
  ])
  func `trap 50: and nothing that only looks like one`(url: String) {
    #expect(!ResponseAddress.isOne(url))
  }
}

@Suite struct SAMLDriverTests {
  @Test(arguments: [
    ("https://corp.okta.com/home/amazon_aws/0oa/272", SAMLDriver.okta),
    ("https://corp.oktapreview.com/home", .okta), ("https://evil.example/okta.com", .paste),
    ("https://accounts.google.com/o/saml2/initsso?idpid=C&spid=1", .google),
    ("https://fs.corp.example/adfs/ls/IdpInitiatedSignOn.aspx", .adfs),
    ("https://myapps.microsoft.com/signin/x", .paste),
    ("https://corp.okta.com.evil.example/", .paste),
  ])
  func `trap 57: without a browser the address decides, and only then`(
    page: String, driver: SAMLDriver
  ) {
    #expect(SAMLDriver.ofPage(page) == driver)
    let visit = SignInVisit(page: page, profile: "corp", patterns: [], isEnd: { _ in false })
    var effects = FakeWorld().effects
    #expect(SAMLDriver.choose(named: nil, for: visit, effects) == driver)
    effects.signInBrowser = SeenBrowser()
    #expect(SAMLDriver.choose(named: nil, for: visit, effects) == .browser)
  }
}

/// An installed browser whose window the person would see.
private struct SeenBrowser: SignInBrowser {
  let isSeen = true
  let hasDisplay = true

  func program(for visit: SignInVisit) -> String? { "/usr/bin/chromium" }
  func hasSignedIn(_ visit: SignInVisit) -> Bool { false }
  func forget(_ visit: SignInVisit) {}

  func caught(
    _ visit: SignInVisit, isHidden: Bool, limit: Duration
  ) async throws(SignInFailure) -> Secret {
    throw .notStarted("nobody signs in here")
  }
}
