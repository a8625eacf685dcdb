import Core
import Foundation
import Model
import Testing

@testable import AWS

@Suite struct ConsoleTests {
  private static let token = HTTPResponse.json(#"{"SigninToken":"sign+in/token=="}"#)
  private static let role = AWSKeys.session.with(origin: .role)

  private func address(
    _ world: FakeWorld, _ credential: Credential = .upstream(role, region: "eu-west-1"),
    _ destination: ConsoleDestination = .home, duration: Int64? = nil
  ) async throws(AuthError) -> Secret {
    try await ConsoleSignIn(identity: "dev", issuer: "at mos", effects: world.effects)
      .address(for: credential, destination: destination, duration: duration)
  }

  private static func query(_ url: String) throws -> [String: String] {
    let items = try #require(URLComponents(string: url)?.queryItems)
    return Dictionary(uniqueKeysWithValues: items.map { ($0.name, $0.value ?? "") })
  }

  @Test func `a session becomes an address`() async throws {
    let world = FakeWorld()
    world.answers(Self.token)
    let url = try await address(world).revealed()
    #expect(url.hasPrefix("https://eu-west-1.signin.aws.amazon.com/federation?Action=login&"))
    #expect(
      try Self.query(url) == [
        "Action": "login", "Issuer": "at mos", "SigninToken": "sign+in/token==",
        "Destination": "https://console.aws.amazon.com/console/home?region=eu-west-1",
      ])
    let request = try #require(world.requests.first)
    #expect(request.method == "GET")
    #expect(!request.headers.contains { $0.name == "Authorization" })
    let query = try Self.query(request.url)
    #expect(query["Action"] == "getSigninToken")
    #expect(Set(query.keys) == ["Action", "Session"])
    let session = try JSONDecoder().decode(
      [String: String].self, from: Data(try #require(query["Session"]).utf8))
    #expect(
      session == [
        "sessionId": Self.role.accessKeyID,
        "sessionKey": Self.role.secretAccessKey.revealed(),
        "sessionToken": try #require(Self.role.sessionToken).revealed(),
      ])
    #expect(world.notices.isEmpty)
  }

  @Test(arguments: [
    ("us-east-1", "signin.aws.amazon.com", "console.aws.amazon.com"),
    ("ap-south-1", "ap-south-1.signin.aws.amazon.com", "console.aws.amazon.com"),
    ("us-gov-west-1", "signin.amazonaws-us-gov.com", "console.amazonaws-us-gov.com"),
    ("us-gov-east-1", "us-gov-east-1.signin.amazonaws-us-gov.com", "console.amazonaws-us-gov.com"),
    ("cn-north-1", "signin.amazonaws.cn", "console.amazonaws.cn"),
    ("cn-northwest-1", "cn-northwest-1.signin.amazonaws.cn", "console.amazonaws.cn"),
    ("eusc-de-east-1", "signin.amazonaws-eusc.eu", "console.amazonaws-eusc.eu"),
  ])
  func `the region's partition chooses the hosts`(region: String, signIn: String, console: String)
    async throws
  {
    let world = FakeWorld()
    world.answers(Self.token)
    let url = try await address(world, .upstream(Self.role, region: region)).revealed()
    #expect(url.hasPrefix("https://\(signIn)/federation?"))
    #expect(world.requests[0].url.hasPrefix("https://\(signIn)/federation?"))
    #expect(
      try Self.query(url)["Destination"] == "https://\(console)/console/home?region=\(region)")
  }

  @Test func `without a region the role's ARN decides`() async throws {
    let world = FakeWorld()
    world.answers(Self.token)
    let arn = "arn:aws-cn:sts::123456789012:assumed-role/x/y"
    let url = try await address(world, .upstream(Self.role, principal: arn)).revealed()
    #expect(try Self.query(url)["Destination"] == "https://console.amazonaws.cn/console/home")
  }

  @Test func `a partition whose console is not public`() async throws {
    let world = FakeWorld()
    let error = try await #require(throws: AuthError.self) {
      _ = try await address(world, .upstream(Self.role, region: "us-iso-east-1"))
    }
    #expect(error.code == .notSupported)
    #expect(world.requests.isEmpty)
  }

  @Test(arguments: [
    (["AWS_ENDPOINT_URL_SIGNIN": "http://localhost:1/x/"], "http://localhost:1/x/federation?"),
    (["AWS_ENDPOINT_URL": "http://localhost:1"], "http://localhost:1/federation?"),
    (
      ["AWS_ENDPOINT_URL": "http://a:1", "AWS_ENDPOINT_URL_SIGNIN": "http://b:2"],
      "http://b:2/federation?"
    ),
    (
      ["AWS_ENDPOINT_URL": "http://a:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"],
      "https://eu-west-1.signin.aws.amazon.com/federation?"
    ),
  ])
  func `trap 14: the endpoint can be overridden`(environment: [String: String], start: String)
    async throws
  {
    let world = FakeWorld()
    world.sets(environment)
    world.answers(Self.token)
    let url = try await address(world).revealed()
    #expect(url.hasPrefix(start))
    #expect(world.requests[0].url.hasPrefix(start))
  }

  @Test func `an override that is no address`() async throws {
    let world = FakeWorld()
    world.sets(["AWS_ENDPOINT_URL_SIGNIN": "localhost"])
    let error = try await #require(throws: AuthError.self) { _ = try await address(world) }
    #expect(error.code == .badConfiguration)
    #expect(world.requests.isEmpty)
  }

  // MARK: Durations

  @Test func `a duration is sent`() async throws {
    let world = FakeWorld()
    world.answers(Self.token)
    _ = try await address(world, duration: 7200)
    #expect(try Self.query(world.requests[0].url)["SessionDuration"] == "7200")
    #expect(world.notices.isEmpty)
  }

  @Test func `trap 26: a duration that AWS refuses is left out`() async throws {
    let world = FakeWorld()
    world.answers(HTTPResponse(status: 400))
    world.answers(Self.token)
    _ = try await address(world, duration: 7200)
    #expect(world.requests.count == 2)
    #expect(try Self.query(world.requests[1].url)["SessionDuration"] == nil)
    #expect(
      world.notices == [
        "AWS takes no duration for `dev`; the console session lasts as long as its credential"
      ])
  }

  // MARK: Refusals and faults

  @Test func `trap 25: a session that may not sign in`() async throws {
    let world = FakeWorld()
    world.answers(HTTPResponse(status: 400))
    let error = try await #require(throws: AuthError.self) {
      _ = try await address(world, .upstream(.session.with(origin: .userSession)))
    }
    #expect(error.code == .refused)
    #expect(error.hints.first?.contains("kind: aws/assume-role") == true)
    #expect(world.requests.count == 1)
  }

  @Test(arguments: [
    Credential.upstream(role), .upstream(role.with(origin: .root)),
    // What the surroundings offered says nothing of itself but its name.
    .upstream(
      .session.with(origin: .userSession),
      principal: "arn:aws:sts::123456789012:assumed-role/Deploy/ci"),
  ]) func `a role's session is not told to be an IAM user's`(credential: Credential) async throws {
    let world = FakeWorld()
    world.answers(HTTPResponse(status: 400))
    let error = try await #require(throws: AuthError.self) {
      _ = try await address(world, credential)
    }
    #expect(
      error.hints == [
        "a session that has ended or was revoked cannot sign in: `atmos-auth login -i dev`"
      ])
  }

  @Test func `keys that are no session are not sent`() async throws {
    let world = FakeWorld()
    let error = try await #require(throws: AuthError.self) {
      _ = try await address(world, .upstream(.user))
    }
    #expect(error.code == .notSupported)
    #expect(error.hints.first?.contains("via: { identity: \"dev\" }") == true)
    let none = try await #require(throws: AuthError.self) {
      _ = try await address(world, Credential(.ambient, issuedAt: .noon, expiresAt: nil))
    }
    #expect(none.code == .notSupported)
    #expect(world.requests.isEmpty)
  }

  @Test func `faults that pass are tried again`() async throws {
    let world = FakeWorld()
    world.fails(TransportFailure(.maybeSent, "timeout", isTimeout: true))
    world.answers(.xml(503, "<html>"))
    world.answers(Self.token)
    _ = try await address(world)
    #expect(world.requests.count == 3)
  }

  @Test(arguments: [
    HTTPResponse.xml(502, "<html>Session=AKIDEXAMPLE wJalrXUtnFEMI</html>"),
    .xml(200, "<html>sign in AKIDEXAMPLE</html>"), .json("{}"), .json(#"{"SigninToken":""}"#),
    .xml(407, "AKIDEXAMPLE"), .xml(400, "AKIDEXAMPLE wJalrXUtnFEMI"),
  ])
  func `trap 27: no error shows the session`(answer: HTTPResponse) async throws {
    let world = FakeWorld()
    for _ in 0..<4 { world.answers(answer) }
    let error = try await #require(throws: AuthError.self) { _ = try await address(world) }
    for secret in ["AKIDEXAMPLE", "wJalr", "Session=", "AQoD"] {
      #expect(!error.report.contains(secret))
    }
    #expect(answer.status == 400 ? error.code == .refused : error.code == .unavailable)
  }

  @Test func `nobody answers`() async throws {
    let world = FakeWorld()
    for _ in 0..<4 { world.fails(TransportFailure(.notSent, "signin.example cannot be reached")) }
    let error = try await #require(throws: AuthError.self) { _ = try await address(world) }
    #expect(error.code == .unavailable)
    #expect(
      error.message
        == "cannot reach the AWS console's sign-in at https://eu-west-1.signin.aws.amazon.com, "
        + "for identity `dev`")
  }

  // MARK: Destinations

  @Test(arguments: [
    ("s3", "s3?region=eu-west-1"), ("S3", "s3?region=eu-west-1"),
    ("elb", "ec2/v2/home?region=eu-west-1#LoadBalancers"),
    ("ssm", "systems-manager?region=eu-west-1"),
    ("systems-manager", "systems-manager?region=eu-west-1"),
    ("serverless", "lambda/home?region=eu-west-1#/applications"),
    ("cost-explorer", "cost-management/home?region=eu-west-1#/cost-explorer"),
    ("home", "console/home?region=eu-west-1"),
  ])
  func `names of pages`(name: String, path: String) throws {
    #expect(
      try ConsoleDestination(name).address(site: ConsoleSite.all[0], region: "eu-west-1")
        == "https://console.aws.amazon.com/\(path)")
  }

  @Test func `every name of atmos leads somewhere`() throws {
    #expect(ConsoleAlias.names.count == Set(ConsoleAlias.names).count)
    #expect(ConsoleAlias.names.count == 117)
    for name in ConsoleAlias.names {
      let url = try ConsoleDestination(name).address(site: ConsoleSite.all[0], region: nil)
      #expect(URL(string: url)?.host() == "console.aws.amazon.com", "\(name)")
    }
  }

  @Test(arguments: [
    "https://eu-west-1.console.aws.amazon.com/rds/home?region=eu-west-1#databases:",
    "https://console.aws.amazon.com", "https://health.aws.amazon.com/health/home",
  ])
  func `addresses are taken as they are`(url: String) throws {
    #expect(try ConsoleDestination(url).address(site: ConsoleSite.all[0], region: "x") == url)
  }

  @Test(arguments: [
    "http://console.aws.amazon.com/", "https://example.com/",
    "https://aws.amazon.com.evil.example/",
    "https://evilaws.amazon.com/", "https://user@console.aws.amazon.com/",
    "https://console.aws.amazon.com:8443/", "https://console.aws.amazon.com/a b",
    "https://console.aws.amazon.com/#\u{1B}[31m", "javascript://console.aws.amazon.com/%0aalert(1)",
    "nothing-of-aws", "", "../x", "s3/../iam",
  ])
  func `nowhere else`(text: String) throws {
    let error = try #require(throws: AuthError.self) { try ConsoleDestination(text) }
    #expect(error.code == .usage)
    #expect(!error.message.contains("\u{1B}"))
  }

  @Test func `a name that is nearly one is corrected`() throws {
    let error = try #require(throws: AuthError.self) { try ConsoleDestination("cloudformatoin") }
    #expect(error.hints.first == "did you mean `cloudformation`?")
  }

  @Test func `an address of another partition`() async throws {
    let world = FakeWorld()
    let error = try await #require(throws: AuthError.self) {
      _ = try await address(
        world, .upstream(Self.role, region: "eu-west-1"),
        ConsoleDestination("https://console.amazonaws.cn/s3"))
    }
    #expect(error.code == .usage)
    #expect(world.requests.isEmpty)
  }

  @Test func `profile directories are those of atmos`() {
    #expect(ConsoleProfile.directoryName(realm: "", identity: "dev") == "938b99e3330802a9")
    #expect(ConsoleProfile.directoryName(realm: "realm", identity: "dev") == "f4aac5446fa89835")
  }

  @Test(arguments: [
    ("j", "aws", "user-j"), ("jane", "aws-us-gov", "jane"),
    (String(repeating: "n", count: 40), "aws-cn", String(repeating: "n", count: 32)),
  ])
  func `a user's federated session has a name that fits and the policy of its partition`(
    name: String, partition: String, session: String
  ) async throws {
    let world = FakeWorld()
    world.stores(
      StoredKeys(accessKeyID: "AKIAEXAMPLEEXAMPLE00", secretAccessKey: Secret("s")),
      as: "atmos_jane")
    world.answers(
      .xml(
        200,
        """
        <GetCallerIdentityResponse><GetCallerIdentityResult>
        <Arn>arn:\(partition):iam::123456789012:user/team/\(name)</Arn><UserId>AIDA</UserId>
        <Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>
        """))
    world.answers(.issues("GetFederationToken"))
    let source = try AWSUserSource(Written.identity("jane", "aws/user", [:]))
    let keys = UserKeys(source.settings, realm: "", effects: world.effects) {
      () async throws(AuthError) in
      throw AuthError(.loginRequired, "no session of GetSessionToken is of use")
    }
    let credential = try await FederatedUser(keys).credential(seconds: 900)
    #expect(credential.aws?.sessionToken != nil)
    #expect(
      world.form(1) == [
        "Action": "GetFederationToken", "Version": "2011-06-15", "Name": session,
        "PolicyArns.member.1.arn": "arn:\(partition):iam::aws:policy/AdministratorAccess",
        "DurationSeconds": "900",
      ])
  }
}
