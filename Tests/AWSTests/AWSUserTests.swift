import Core
import Model
import OneTimeCodes
import Synchronization
import Testing

@testable import AWS

@Suite struct AWSUserTests {
  private let mfa = "arn:aws:iam::123456789012:mfa/jane"

  private func user(
    mfa: String? = nil, duration: String? = nil, region: String? = nil, keys: Bool = true
  ) throws -> AWSUserSource {
    var credentials: [String: Any] = [:]
    if keys {
      credentials["access_key_id"] = "AKIDEXAMPLE"
      credentials["secret_access_key"] = Written.variable("KEY", "wJalr")
    }
    credentials["mfa_arn"] = mfa
    credentials["region"] = region
    var body: [String: Any] = ["credentials": credentials]
    if let duration { body["session"] = ["duration": duration] }
    return try AWSUserSource(Written.identity("jane", "aws/user", body))
  }

  private func run(_ source: AWSUserSource, _ world: FakeWorld, realm: String = "")
    async throws(AuthError) -> Credential
  {
    try await source.credential(LinkRequest(realm: realm, upstream: nil, effects: world.effects))
  }

  @Test func `configured keys are exchanged for a session of twelve hours`() async throws {
    let world = FakeWorld()
    world.answers(.issues("GetSessionToken"))
    let credential = try await run(user(region: "eu-west-1"), world)
    #expect(
      world.form(0) == [
        "Action": "GetSessionToken", "Version": "2011-06-15", "DurationSeconds": "43200",
      ])
    #expect(world.requests[0].url == "https://sts.eu-west-1.amazonaws.com/")
    #expect(credential.aws?.accessKeyID == "ASIAISSUEDKEY0000001")
    #expect(credential.aws?.secretAccessKey == Secret("issued/secret+1"))
    #expect(credential.aws?.sessionToken == Secret("issued//token=="))
    #expect(credential.aws?.origin == .userSession)
    #expect(credential.expiresAt == Instant.noon.advanced(bySeconds: 3600))
    #expect(credential.issuedAt == .noon)
    #expect(credential.region == "eu-west-1")
    #expect(credential.mfaAt == nil)
  }

  @Test func `stored keys are found under atmos' name`() async throws {
    let world = FakeWorld()
    world.stores(
      StoredKeys(
        accessKeyID: "AKIASTORED", secretAccessKey: Secret("s"), region: "cn-north-1",
        sessionDuration: "1h"),
      as: "atmos_r1_jane")
    world.answers(.issues("GetSessionToken"))
    _ = try await run(user(keys: false), world, realm: "r1")
    #expect(world.requests[0].url == "https://sts.cn-north-1.amazonaws.com.cn/")
    #expect(world.form(0)["DurationSeconds"] == "3600")
    #expect(
      world.requests[0].headers.contains { $0.value.contains("Credential=AKIASTORED/") })
  }

  @Test func `no keys anywhere: the error says how to store them`() async throws {
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(user(keys: false), FakeWorld())
    }
    #expect(error.code == .loginRequired)
    #expect(error.message == "identity `jane` has no access keys")
    #expect(
      error.hints == [
        "store them with `atmos-auth user configure -i jane`",
        "or sign in in a browser: `atmos-auth login jane` in a terminal",
      ])
  }

  @Test func `a name from the configuration cannot end the quotes of a command to paste`()
    async throws
  {
    let source = try AWSUserSource(Written.identity("a'$(touch pwned)'b", "aws/user", [:]))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(source, FakeWorld())
    }
    #expect(
      error.hints == [
        #"store them with `atmos-auth user configure -i 'a'\''$(touch pwned)'\''b'`"#,
        #"or sign in in a browser: `atmos-auth login 'a'\''$(touch pwned)'\''b'` in a terminal"#,
      ])
  }

  @Test func `a stored session is no user's keys`() async throws {
    let world = FakeWorld()
    world.stores(
      StoredKeys(accessKeyID: "ASIAX", secretAccessKey: Secret("s"), sessionToken: Secret("t")),
      as: "atmos_jane")
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(user(keys: false), world)
    }
    #expect(error.code == .loginRequired)
  }

  @Test func `an unset variable counts as no keys, and the error names it`() async throws {
    let source = try AWSUserSource(
      Written.identity(
        "jane", "aws/user",
        [
          "credentials": [
            "access_key_id": Written.variable("MY_ID", ""),
            "secret_access_key": Written.variable("MY_KEY", ""),
          ]
        ]))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(source, FakeWorld())
    }
    #expect(error.hints.first == "`credentials.access_key_id` is `!env MY_ID`, which is empty here")
  }

  @Test func `half a pair is a fault of the configuration`() throws {
    let definition = Written.identity(
      "jane", "aws/user", ["credentials": ["access_key_id": "AKIA"]])
    let error = try #require(throws: AuthError.self) { _ = try AWSUserSource(definition) }
    #expect(error.code == .badConfiguration)
    #expect(
      Kind.awsUser.check(definition).map(\.message) == [
        "identity `jane`: `credentials.secret_access_key` is missing"
      ])
  }

  @Test(arguments: [
    ("1m", false, "900"), ("36h", false, "43200"), ("36h", true, "129600"), ("48h", true, "129600"),
    ("8h", false, "28800"),
  ])
  func `lengths are kept within what AWS allows`(duration: String, hasMFA: Bool, sent: String)
    async throws
  {
    let world = FakeWorld(hasTerminal: true)
    world.types("123456")
    world.answers(.issues("GetSessionToken"))
    _ = try await run(user(mfa: hasMFA ? mfa : nil, duration: duration), world)
    #expect(world.form(0)["DurationSeconds"] == sent)
    let isClamped = DurationText.seconds(duration).map(String.init) != sent
    #expect(world.notices.count == (isClamped ? 1 : 0))
  }

  @Test func `a code is asked for and sent with the device`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.types("123456")
    world.answers(.issues("GetSessionToken"))
    let credential = try await run(user(mfa: mfa), world)
    #expect(world.questions == ["Enter MFA code of \(mfa): "])
    #expect(world.form(0)["SerialNumber"] == mfa)
    #expect(world.form(0)["TokenCode"] == "123456")
    #expect(credential.mfaAt == .noon)
    #expect(credential.account == "123456789012")
  }

  @Test func `without a terminal a code is not asked for`() async throws {
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(user(mfa: mfa), FakeWorld())
    }
    #expect(error.code == .loginRequired)
    #expect(error.hints.first == "run `atmos-auth login -i jane` in a terminal")
  }

  @Test func `a wrong code is asked for again`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.types("111111", "222222")
    world.answers(
      .refuses(
        "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code."))
    world.answers(.issues("GetSessionToken"))
    _ = try await run(user(mfa: mfa), world)
    #expect((0...1).map { world.form($0)["TokenCode"] } == ["111111", "222222"])
    #expect(world.notices == ["the code was not accepted; wait for the next one"])
  }

  @Test func `after three wrong codes the device is not said to be wrong`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.types("111111", "222222", "333333")
    for _ in 0..<3 {
      world.answers(
        .refuses(
          "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code."))
    }
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(user(mfa: mfa), world)
    }
    #expect(
      error.hints == [
        "give codes of the device in `credentials.mfa_arn`, "
          + "and check the clock of the device that makes them"
      ])
  }

  @Test func `a code for the wrong time is explained, and a seed's next one is for AWS' time`()
    async throws
  {
    let world = FakeWorld()
    world.state.withLock { state in
      state.entries["atmos-auth_totp_\(mfa)"] = Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
    }
    world.answers(
      .refuses(
        "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.",
        headers: [(name: "Date", value: "Wed, 15 Jan 2025 12:01:30 GMT")]))
    world.answers(.issues("GetSessionToken"))
    let credential = try await run(user(mfa: mfa), world)
    let totp = try TOTP(text: Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
    let codes = [0, 90].map { later in
      totp.code(ofWindow: totp.window(at: Instant.noon.advanced(bySeconds: later))).revealed()
    }
    #expect((0...1).map { world.form($0)["TokenCode"] } == codes)
    #expect(world.notices.count == 1)
    #expect(world.notices.first?.contains("clock is 1m30s behind AWS'") == true)
    #expect(credential.mfaDevice == mfa)
  }

  @Test func `a wrong device is not asked about again`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.types("111111")
    world.answers(
      .refuses(
        "AccessDenied",
        "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA "
          + "serial number is valid and associated with this user."))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(user(mfa: mfa), world)
    }
    #expect(error.code == .refused)
    #expect(error.hints == ["AK… has no such MFA device; look at `credentials.mfa_arn`"])
  }

  @Test(arguments: [503, 500])
  func `trap 18: a code that a server saw is not sent again`(status: Int) async throws {
    let world = FakeWorld(hasTerminal: true)
    world.types("111111")
    world.answers(HTTPResponse(status: status))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(user(mfa: mfa), world)
    }
    #expect(error.code == .unavailable)
    #expect(error.hints.contains("the one-time code is used up: log in again with the next one"))
    #expect(world.requests.count == 1)
  }

  @Test func `a connection that broke may have carried the code`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.types("111111")
    world.fails(TransportFailure(.notSent, "refused"))
    world.fails(TransportFailure(.maybeSent, "broke"))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(user(mfa: mfa), world)
    }
    #expect(error.code == .unavailable)
    #expect(world.requests.count == 2)
    #expect(error.hints.first?.contains("may have been used up") == true)
  }

  @Test func `with a wrong clock the next code is asked for and signed rightly`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.types("111111", "222222")
    world.answers(
      .refuses(
        "SignatureDoesNotMatch", "Signature expired",
        headers: [(name: "Date", value: "Wed, 15 Jan 2025 13:00:00 GMT")]))
    world.answers(.issues("GetSessionToken", until: "2025-01-15T14:00:00Z"))
    let credential = try await run(user(mfa: mfa), world)
    #expect(world.form(1)["TokenCode"] == "222222")
    #expect(
      world.requests[1].headers.contains {
        $0.name == "X-Amz-Date" && $0.value == "20250115T130000Z"
      })
    #expect(world.notices.first?.contains("off by 1h") == true)
    // By the clock of this machine the session lasts one hour, as it does in truth.
    #expect(credential.expiresAt == Instant.noon.advanced(bySeconds: 3600))
  }

  @Test func `wrong keys: the error says where the right ones go`() async throws {
    let world = FakeWorld()
    world.answers(
      .refuses("InvalidClientTokenId", "The security token included in the request is invalid."))
    let error = try await #require(throws: AuthError.self) { _ = try await run(user(), world) }
    #expect(
      error.report == """
        error: STS refused GetSessionToken for identity `jane`
          cause: InvalidClientTokenId: The security token included in the request is invalid. \
        (request r-9)
          hint: the keys of AK… are wrong or deleted, or not of partition `aws` (region `us-east-1`)
          hint: store the right ones with `atmos-auth user configure -i jane`

        """)
  }

  @Test func `keys of a session are refused before anyone is asked`() async throws {
    let source = try AWSUserSource(
      Written.identity(
        "jane", "aws/user",
        ["credentials": ["access_key_id": "ASIAABCDEFGH12345678", "secret_access_key": "s"]]))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(source, FakeWorld())
    }
    #expect(error.code == .badConfiguration)
    #expect(error.message.contains("ASIA…5678"))
  }

  @Test func `trap 31: a security key is refused by validate`() {
    let faults = Kind.awsUser.check(
      Written.identity(
        "jane", "aws/user",
        ["credentials": ["mfa_arn": "arn:aws:iam::123456789012:u2f/user/jane/key-ABC"]]))
    #expect(
      faults.map(\.message) == [
        "identity `jane`: `credentials.mfa_arn` names a security key, which STS cannot ask for codes"
      ])
  }

  @Test func `trap 32: the device's partition chooses the default region`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.types("123456")
    world.answers(.issues("GetSessionToken"))
    _ = try await run(user(mfa: "arn:aws-us-gov:iam::123456789012:mfa/jane"), world)
    #expect(world.requests[0].url == "https://sts.us-gov-west-1.amazonaws.com/")
  }

  @Test func `traits name the keys without showing them`() throws {
    let traits = try user(mfa: mfa, duration: "8h", region: "eu-west-1").traits
    #expect(
      traits == [
        Trait("keys", "AK…"), Trait("mfa", mfa), Trait("region", "eu-west-1"),
        Trait("duration", "28800"),
      ])
  }
}
