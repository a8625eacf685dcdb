import Core
import Foundation
import Model
import TestSupport
import Testing

@testable import AWS
@testable import LocalKinds

@Suite struct AmbientTests {
  private func run(
    _ environment: [String: String], _ world: FakeWorld = FakeWorld(), region: String? = nil
  ) async throws(AuthError) -> Credential {
    world.sets(environment)
    var body: [String: Any] = [:]
    if let region { body["principal"] = ["region": region] }
    return try await AWSAmbientSource(Written.identity("here", "aws/ambient", body)).credential(
      LinkRequest(realm: "", upstream: nil, effects: world.effects))
  }

  @Test func `keys of the environment`() async throws {
    let credential = try await run([
      "AWS_ACCESS_KEY_ID": "AKIAX", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-west-1",
    ])
    #expect(credential.aws?.accessKeyID == "AKIAX")
    #expect(credential.aws?.origin == .longLived)
    #expect(credential.region == "eu-west-1")
  }

  @Test func `a session of the environment, with its end`() async throws {
    let credential = try await run(
      [
        "AWS_ACCESS_KEY_ID": "ASIAX", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
        "AWS_CREDENTIAL_EXPIRATION": "2025-01-15T13:00:00Z",
      ], region: "us-west-2")
    #expect(credential.aws?.sessionToken == Secret("t"))
    #expect(credential.aws?.origin == .userSession)
    #expect(credential.expiresAt == Instant.noon.advanced(bySeconds: 3600))
    #expect(credential.region == "us-west-2")
  }

  @Test func `a session that has ended is not handed on`() async throws {
    let error = try await #require(throws: AuthError.self) {
      _ = try await run([
        "AWS_ACCESS_KEY_ID": "ASIAX", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t",
        "AWS_CREDENTIAL_EXPIRATION": "2025-01-15T11:00:00Z",
      ])
    }
    #expect(error.code == .loginRequired)
  }

  @Test func `half a pair is an error`() async throws {
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(["AWS_ACCESS_KEY_ID": "AKIAX"])
    }
    #expect(error.code == .badConfiguration)
    #expect(error.message.hasPrefix("AWS_SECRET_ACCESS_KEY is not set"))
  }

  @Test func `trap 3: a web identity is sent unsigned, its token read from the file`() async throws
  {
    let scratch = try Scratch()
    let file = try scratch.write("token", "eyJ.a.b\n")
    let world = FakeWorld()
    world.answers(.issues("AssumeRoleWithWebIdentity"))
    let credential = try await run(
      [
        "AWS_WEB_IDENTITY_TOKEN_FILE": file,
        "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/pod", "AWS_ROLE_SESSION_NAME": "pod-1",
      ], world)
    #expect(
      world.form(0) == [
        "Action": "AssumeRoleWithWebIdentity", "Version": "2011-06-15",
        "RoleArn": "arn:aws:iam::123456789012:role/pod", "RoleSessionName": "pod-1",
        "WebIdentityToken": "eyJ.a.b",
      ])
    #expect(!world.requests[0].headers.contains { $0.name == "Authorization" })
    #expect(credential.aws?.origin == .role)
  }

  @Test func `a profile on a profile`() async throws {
    let scratch = try Scratch()
    let config = try scratch.write(
      "config",
      """
      [profile base]
      region = eu-north-1
      [profile deploy]
      role_arn = arn:aws:iam::123456789012:role/Deploy
      source_profile = base
      external_id = e-1
      duration_seconds = 1800
      region = eu-west-3
      services = local
      [services local]
      sts =
        endpoint_url = http://localhost:9/sts
      """)
    let credentials = try scratch.write(
      "credentials", "[base]\naws_access_key_id=AKIABASE\naws_secret_access_key = s # mine\n")
    let world = FakeWorld()
    world.answers(.issues("AssumeRole"))
    let credential = try await run(
      [
        "AWS_CONFIG_FILE": config, "AWS_SHARED_CREDENTIALS_FILE": credentials,
        "AWS_PROFILE": "deploy",
      ], world)
    #expect(world.requests[0].url == "http://localhost:9/sts/")
    #expect(world.form(0)["ExternalId"] == "e-1")
    #expect(world.form(0)["DurationSeconds"] == "1800")
    #expect(world.requests[0].headers.contains { $0.value.contains("Credential=AKIABASE/") })
    #expect(credential.region == "eu-west-3")
  }

  @Test func `profiles in a circle`() async throws {
    let scratch = try Scratch()
    let config = try scratch.write(
      "config",
      """
      [profile a]
      role_arn = arn:aws:iam::123456789012:role/a
      source_profile = b
      [profile b]
      role_arn = arn:aws:iam::123456789012:role/b
      source_profile = a
      """)
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(["AWS_CONFIG_FILE": config, "AWS_PROFILE": "a"])
    }
    #expect(error.message == "the source_profile settings form a circle: a → b → a")
  }

  @Test func `only the place or profile that the definition names`() async throws {
    let scratch = try Scratch()
    let config = try scratch.write(
      "config", "[profile p]\naws_access_key_id = AKIAP\naws_secret_access_key = s\n")
    let world = FakeWorld()
    world.sets([
      "AWS_CONFIG_FILE": config, "AWS_ACCESS_KEY_ID": "AKIAE", "AWS_SECRET_ACCESS_KEY": "s",
      "AWS_PROFILE": "nope",
    ])
    func key(_ spec: [String: Any]) async throws -> String? {
      let definition = Written.identity("here", "aws/ambient", ["spec": spec])
      return try await AWSAmbientSource(definition).credential(
        LinkRequest(realm: "", upstream: nil, effects: world.effects)
      ).aws?.accessKeyID
    }
    #expect(try await key(["profile": "p"]) == "AKIAP")
    #expect(try await key(["source": "environment"]) == "AKIAE")
    let error = try await #require(throws: AuthError.self) {
      _ = try await key(["source": "container"])
    }
    #expect(error.code == .loginRequired)
    let both = Written.identity(
      "here", "aws/ambient", ["spec": ["source": "container", "profile": "p"]])
    #expect(Kind.awsAmbient.check(both).map(\.severity) == [.error])
  }

  @Test func `a profile that nobody wrote`() async throws {
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(["AWS_PROFILE": "nope"])
    }
    #expect(error.message == "there is no AWS profile `nope`")
  }

  @Test func `our own managed file is not the surroundings`() async throws {
    let state = "/nowhere/.local/state/atmos-auth/aws/k1"
    let environment = AmbientEnvironment.environment([
      "HOME": "/nowhere", "AWS_CONFIG_FILE": "\(state)/config", "AWS_PROFILE": "prod",
      "AWS_SHARED_CREDENTIALS_FILE": "\(state)/credentials", "AWS_EC2_METADATA_DISABLED": "true",
      "AWS_REGION": "eu-west-1",
    ])
    #expect(environment == ["HOME": "/nowhere", "AWS_REGION": "eu-west-1"])
    let theirs = ["HOME": "/nowhere", "AWS_CONFIG_FILE": "/etc/aws", "AWS_PROFILE": "prod"]
    #expect(AmbientEnvironment.environment(theirs) == theirs)
  }

  @Test func `a program prints the keys`() async throws {
    let scratch = try Scratch()
    let program = try scratch.program(
      "print it",
      """
      echo '{"Version": 1, "AccessKeyId": "ASIAP", "SecretAccessKey": "s",
       "SessionToken": "t", "Expiration": "2025-01-15T13:00:00Z", "AccountId": "123456789012"}'
      """)
    let config = try scratch.write(
      "config", "[default]\ncredential_process = \"\(program)\" a 'b c'\n")
    let credential = try await run(["AWS_CONFIG_FILE": config, "PATH": "/usr/bin:/bin"])
    #expect(credential.aws?.accessKeyID == "ASIAP")
    #expect(credential.account == "123456789012")
    #expect(credential.expiresAt == Instant.noon.advanced(bySeconds: 3600))
  }

  @Test(arguments: [
    ("false", AuthError.Code.refused), ("no-such-program-here", .badConfiguration),
    ("echo {}", .badConfiguration), ("echo 'x", .badConfiguration),
  ])
  func `a program that does not`(command: String, code: AuthError.Code) async throws {
    let scratch = try Scratch()
    let config = try scratch.write("config", "[default]\ncredential_process = \(command)\n")
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(["AWS_CONFIG_FILE": config, "PATH": "/usr/bin:/bin"])
    }
    #expect(error.code == code)
  }

  @Test func `a program that leads back to us ends`() async throws {
    let scratch = try Scratch()
    let config = try scratch.write("config", "[default]\ncredential_process = true\n")
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(["AWS_CONFIG_FILE": config, "ATMOS_AUTH_AMBIENT_DEPTH": "4"])
    }
    #expect(error.message.contains("runs itself"))
  }

  @Test func `a container's role`() async throws {
    let scratch = try Scratch()
    let token = try scratch.write("token", "Bearer x\n")
    let world = FakeWorld()
    world.answers(
      .json(
        #"{"AccessKeyId":"ASIAC","SecretAccessKey":"s","Token":"t","#
          + #""Expiration":"2025-01-15T18:00:00Z","RoleArn":"arn:aws:iam::123456789012:role/task"}"#
      ))
    let credential = try await run(
      [
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": token,
      ], world)
    #expect(credential.aws?.accessKeyID == "ASIAC")
    #expect(credential.aws?.origin == .role)
    #expect(credential.account == "123456789012")
    #expect(world.requests[0].timeout == .seconds(2))
    #expect(
      world.requests[0].headers.contains { $0.name == "Authorization" && $0.value == "Bearer x" })
  }

  @Test(arguments: [
    ("http://127.0.0.1:80/x", true), ("http://127.1.2.3/", true), ("http://[::1]/", true),
    ("http://169.254.170.2/", true), ("http://evil.example/", false),
    ("http://127.0.0.1.evil.example/", false), ("http://169.254.169.254/", false),
  ])
  func `plain HTTP carries keys only on this machine`(url: String, isAllowed: Bool) {
    #expect(ContainerCredentials.isLocal(Address(url)?.host ?? "") == isAllowed)
  }

  @Test func `a foreign container service over plain HTTP is refused`() async throws {
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://evil.example/x"])
    }
    #expect(error.code == .badConfiguration)
  }

  @Test func `an instance's role, by version 2`() async throws {
    let world = FakeWorld()
    world.answers(.json("token-1"))
    world.answers(.json("my-role\n"))
    world.answers(
      .json(
        #"{"Code":"Success","AccessKeyId":"ASIAI","SecretAccessKey":"s","Token":"t","#
          + #""Expiration":"2025-01-15T18:00:00Z"}"#))
    let credential = try await run([:], world)
    #expect(credential.aws?.accessKeyID == "ASIAI")
    #expect(world.requests.map(\.method) == ["PUT", "GET", "GET"])
    #expect(
      world.requests[2].url
        == "http://169.254.169.254/latest/meta-data/iam/security-credentials/my-role")
    #expect(world.requests[2].headers.first?.value == "token-1")
    #expect(world.requests[0].timeout == .seconds(1))
  }

  @Test func `nothing anywhere`() async throws {
    let world = FakeWorld()
    world.fails(TransportFailure(.maybeSent, "timeout", isTimeout: true))
    let error = try await #require(throws: AuthError.self) { _ = try await run([:], world) }
    #expect(error.code == .loginRequired)
  }

  @Test func `a switched-off metadata service is not asked`() async throws {
    let world = FakeWorld()
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(["AWS_EC2_METADATA_DISABLED": "true"], world)
    }
    #expect(error.code == .loginRequired)
    #expect(world.requests.isEmpty)
  }

  @Test(arguments: [
    (#"a b  c"#, ["a", "b", "c"]), (#"'a b' "c d""#, ["a b", "c d"]), (#"a\ b"#, ["a b"]),
    (#""a\"b\n""#, [#"a"b\n"#]), (#"'' x"#, ["", "x"]), (#"a'b'"c""#, ["abc"]), ("", []),
  ])
  func `commands are split as a shell would`(text: String, words: [String]) {
    #expect(ShellWords.command(text, .shlex) == words)
  }

  @Test(arguments: ["'a", "\"a", "a\\"])
  func `what is not closed is no command`(text: String) {
    #expect(ShellWords.command(text, .shlex) == nil)
  }

  @Test func `ambient gives nothing and asks nobody`() async throws {
    let credential = try await AmbientSource().credential(
      LinkRequest(realm: "", upstream: nil, effects: FakeWorld().effects))
    #expect(credential.aws == nil)
    #expect(credential.expiresAt == nil)
    #expect(Kind.ambient.isAmbient && !Kind.ambient.isRemembered)
    #expect(Kind.awsAmbient.isAmbient && !Kind.awsAmbient.isRemembered)
  }
}
