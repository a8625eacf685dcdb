import Core
import Model
import Testing

@testable import AWS

@Suite struct AssumeRoleTests {
  private static let role = "arn:aws:iam::123456789012:role/Ex/Deploy"
  private static let assumed = "arn:aws:sts::123456789012:assumed-role/Deploy/atmos"

  private func source(_ principal: [String: Any] = [:], name: String = "prod")
    throws -> AssumeRoleSource
  {
    var principal = principal
    principal["assume_role"] = principal["assume_role"] ?? Self.role
    return try AssumeRoleSource(
      Written.identity(name, "aws/assume-role", ["principal": principal]))
  }

  private func run(
    _ source: AssumeRoleSource, _ world: FakeWorld, from upstream: Credential? = .upstream()
  ) async throws(AuthError) -> Credential {
    try await source.credential(
      LinkRequest(realm: "", upstream: upstream, effects: world.effects))
  }

  @Test func `a role with nothing else`() async throws {
    let world = FakeWorld()
    world.answers(.issues("AssumeRole", role: Self.assumed))
    let credential = try await run(source(), world, from: .upstream(region: "eu-west-1"))
    #expect(
      world.form(0) == [
        "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": Self.role,
        "RoleSessionName": "atmos-prod-1736942400",
      ])
    #expect(world.requests[0].url == "https://sts.eu-west-1.amazonaws.com/")
    #expect(credential.principal == Self.assumed)
    #expect(credential.account == "123456789012")
    #expect(credential.region == "eu-west-1")
    #expect(credential.aws?.origin == .role)
  }

  @Test func `everything that can be said is sent`() async throws {
    let world = FakeWorld()
    world.answers(.issues("AssumeRole"))
    let policy = #"{"Version":"2012-10-17"}"#
    _ = try await run(
      source([
        "external_id": "x:1/2", "session_name": "me@work", "duration": "2h", "region": "us-west-2",
        "tags": ["Project": "a b", "Team": "c"], "transitive_tag_keys": ["Project"],
        "source_identity": "jane", "policy": policy,
        "policy_arns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      ]), world)
    #expect(
      world.form(0) == [
        "Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": Self.role,
        "RoleSessionName": "me@work", "DurationSeconds": "7200", "ExternalId": "x:1/2",
        "Tags.member.1.Key": "Project", "Tags.member.1.Value": "a b", "Tags.member.2.Key": "Team",
        "Tags.member.2.Value": "c", "TransitiveTagKeys.member.1": "Project",
        "SourceIdentity": "jane", "Policy": policy,
        "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
      ])
    #expect(world.requests[0].url == "https://sts.us-west-2.amazonaws.com/")
  }

  @Test(arguments: [AWSKeys.Origin.role, .root])
  func `trap 21: from a role a role lasts one hour, which is said once`(origin: AWSKeys.Origin)
    async throws
  {
    let world = FakeWorld()
    world.answers(.issues("AssumeRole"))
    _ = try await run(
      source(["duration": "12h"]), world, from: .upstream(.session.with(origin: origin)))
    #expect(world.form(0)["DurationSeconds"] == "3600")
    #expect(
      world.notices == [
        "principal.duration of `prod` is 12h; a role assumed from a role lasts at most 1h, "
          + "so it is 1h"
      ])
  }

  @Test func `from a user's session a role may last twelve hours`() async throws {
    let world = FakeWorld()
    world.answers(.issues("AssumeRole"))
    _ = try await run(source(["duration": "12h"]), world)
    #expect(world.form(0)["DurationSeconds"] == "43200")
    #expect(world.notices.isEmpty)
  }

  @Test func `a chain that only STS can see is shortened when STS says so`() async throws {
    let world = FakeWorld()
    world.answers(
      .refuses(
        "ValidationError",
        "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
          + "role chaining", status: 400))
    world.answers(.issues("AssumeRole"))
    _ = try await run(source(["duration": "2h"]), world)
    #expect((0...1).map { world.form($0)["DurationSeconds"] } == ["7200", "3600"])
    #expect(world.notices.count == 1)
  }

  @Test func `more than the role allows is explained`() async throws {
    let world = FakeWorld()
    world.answers(
      .refuses(
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        status: 400))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(source(["duration": "2h"]), world)
    }
    #expect(error.code == .badConfiguration)
    #expect(
      error.hints == ["lower `principal.duration`, or raise the role's maximum session duration"])
  }

  @Test func `trap 11: the role's partition chooses the region nobody names`() async throws {
    let world = FakeWorld()
    world.answers(.issues("AssumeRole"))
    _ = try await run(
      source(["assume_role": "arn:aws-cn:iam::123456789012:role/x"]), world)
    #expect(world.requests[0].url == "https://sts.cn-northwest-1.amazonaws.com.cn/")
  }

  @Test(arguments: [
    ("core-root/terraform", "atmos-core-root-terraform-1736942400"),
    ("Ünïcode name", "atmos--n-code-name-1736942400"), ("a_b", "atmos-a-b-1736942400"),
    (String(repeating: "x", count: 57) + "-", "atmos-" + String(repeating: "x", count: 57)),
  ])
  func `trap 28: a session name has no blanks and slashes`(name: String, session: String)
    async throws
  {
    let world = FakeWorld()
    world.answers(.issues("AssumeRole"))
    _ = try await run(source(name: name), world)
    #expect(world.form(0)["RoleSessionName"] == session)
  }

  @Test(arguments: ["InvalidClientTokenId", "SignatureDoesNotMatch"])
  func `keys that are not accepted are not the role's to be stored`(code: String) async throws {
    let world = FakeWorld()
    world.answers(.refuses(code, "The security token included in the request is invalid."))
    let error = try await #require(throws: AuthError.self) { _ = try await run(source(), world) }
    #expect(error.hints.last == "log in again with `atmos-auth login -i prod`")
  }

  @Test func `the role's id is kept with its ARN`() async throws {
    let world = FakeWorld()
    let arn = "arn:aws:sts::123456789012:assumed-role/Deploy/s"
    world.answers(.issues("AssumeRole", role: arn))
    let known = try await run(source(), world)
    #expect(known.principalID == "AROAX:s" && known.principal == arn)
    world.answers(.issues("AssumeRole"))
    #expect(try await run(source(), world).principalID == nil)
  }

  @Test func `a refusal names both ends`() async throws {
    let world = FakeWorld()
    world.answers(.refuses("AccessDenied", "User: x is not authorized to perform: sts:AssumeRole"))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(
        source(), world, from: .upstream(principal: "arn:aws:iam::123456789012:user/jane"))
    }
    #expect(error.code == .refused)
    #expect(
      error.report == """
        error: STS refused AssumeRole for identity `prod`
          cause: AccessDenied: User: x is not authorized to perform: sts:AssumeRole (request r-9)
          hint: arn:aws:iam::123456789012:user/jane needs `sts:AssumeRole` on \
        arn:aws:iam::123456789012:role/Ex/Deploy, and the role's trust policy must name it
          hint: if the trust policy asks for `sts:ExternalId`, set `principal.external_id`
          hint: if it asks for MFA, set `principal.mfa_arn`

        """)
  }

  @Test func `an upstream that has ended is told apart`() async throws {
    let world = FakeWorld()
    world.answers(.refuses("ExpiredToken", "The security token included in the request is expired"))
    let error = try await #require(throws: AuthError.self) { _ = try await run(source(), world) }
    #expect(error.code == .expiredUpstream)
  }

  @Test func `a region that is switched off`() async throws {
    let world = FakeWorld()
    world.answers(.refuses("RegionDisabledException", "STS is not activated in this region"))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(source(["region": "me-south-1"]), world)
    }
    #expect(error.hints.first?.contains("activate STS for region `me-south-1`") == true)
  }

  @Test func `faults that pass are tried again, each time signed anew`() async throws {
    let world = FakeWorld()
    world.fails(TransportFailure(.maybeSent, "timeout", isTimeout: true))
    world.answers(.xml(503, "<html>"))
    world.answers(.issues("AssumeRole"))
    _ = try await run(source(), world)
    #expect(world.requests.count == 3)
    #expect(world.waits == 2)
  }

  @Test func `AWS_MAX_ATTEMPTS`() async throws {
    let world = FakeWorld()
    world.sets(["AWS_MAX_ATTEMPTS": "1"])
    world.answers(HTTPResponse(status: 503))
    let error = try await #require(throws: AuthError.self) { _ = try await run(source(), world) }
    #expect(error.code == .unavailable)
    #expect(world.requests.count == 1)
  }

  @Test func `a sign-in page in between is not taken for an answer`() async throws {
    let world = FakeWorld()
    world.answers(.xml(200, "<html><body>Please sign in</body></html>"))
    let error = try await #require(throws: AuthError.self) { _ = try await run(source(), world) }
    #expect(error.code == .unavailable)
    #expect(error.message.contains("is not of STS"))
  }

  @Test(arguments: [nil, Credential(.ambient, issuedAt: .noon, expiresAt: nil)])
  func `something must come before it`(upstream: Credential?) async throws {
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(source(), FakeWorld(), from: upstream)
    }
    #expect(error.code == .badConfiguration)
  }

  @Test func `a role with MFA asks`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.types("654321")
    world.answers(.issues("AssumeRole"))
    let source = try source(["mfa_arn": "GAHT12345678"])
    let credential = try await run(source, world)
    #expect(await source.personNeed(after: nil, realm: "", effects: world.effects) == .present)
    #expect(await source.personNeed(after: nil, realm: "", effects: FakeWorld().effects) == .absent)
    #expect(credential.mfaDevice == "GAHT12345678")
    #expect(world.form(0)["SerialNumber"] == "GAHT12345678")
    #expect(world.form(0)["TokenCode"] == "654321")
    #expect(credential.mfaAt == .noon)
  }

  @Test func `the identity's own endpoint wins`() async throws {
    let world = FakeWorld()
    world.sets(["AWS_ENDPOINT_URL_STS": "http://other:1"])
    world.answers(.issues("AssumeRole"))
    let source = try AssumeRoleSource(
      Written.identity(
        "prod", "aws/assume-role",
        [
          "principal": ["assume_role": Self.role],
          "spec": ["endpoint_url": "http://localhost:4566/sts"],
        ]))
    _ = try await run(source, world)
    #expect(world.requests[0].url == "http://localhost:4566/sts/")
  }

  @Test func `traits show an external id only as it is written`() throws {
    let open = try source(["external_id": "plain-1"]).traits
    #expect(open.contains(Trait("external_id", "plain-1")))
    let hidden = try source(["external_id": Written.variable("EXT", "s3cret")]).traits
    #expect(hidden.contains(Trait("external_id", "!env EXT")))
    #expect(!hidden.contains { $0.value.contains("s3cret") })
  }

  @Test(arguments: [
    (["session_name": "a b"], "has characters or a length that AWS refuses"),
    (["external_id": "a b"], "must be 2 to 1224"), (["source_identity": "a/b"], "must be 2 to 64"),
    (["duration": "5m"], "is 5m"), (["policy": "yes"], "must be a JSON document"),
    (["region": "cn-north-1"], "is not in the role's partition `aws`"),
  ])
  func `faults that validate finds`(principal: [String: String], text: String) {
    var principal = principal
    principal["assume_role"] = Self.role
    let faults = Kind.assumeRole.check(
      Written.identity("prod", "aws/assume-role", ["principal": principal]))
    #expect(faults.count == 1)
    #expect(faults.first?.message.contains(text) == true)
  }

  @Test func `who verifies`() async throws {
    let world = FakeWorld()
    world.answers(
      .xml(
        200,
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>\(Self.assumed)</Arn>"
          + "<UserId>AROAX:atmos</UserId><Account>123456789012</Account>"
          + "</GetCallerIdentityResult></GetCallerIdentityResponse>"))
    let answer = try await CallerIdentity.ask(
      with: .upstream(region: "eu-west-1"), identity: "prod", effects: world.effects)
    #expect(
      answer
        == CallerIdentity(account: "123456789012", arn: Self.assumed, userID: "AROAX:atmos"))
    #expect(world.requests[0].url == "https://sts.eu-west-1.amazonaws.com/")
  }
}
