import Core
import Model
import Testing

@testable import AWS

@Suite struct AssumeRootTests {
  private static let task = "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy"

  private func definition(
    _ principal: [String: Any] = [:], spec: [String: Any] = [:]
  ) -> Definition {
    let standard: [String: Any] = [
      "target_principal": "210987654321", "task_policy_arn": Self.task,
    ]
    return Written.identity(
      "unlock", "aws/assume-root",
      ["principal": standard.merging(principal) { $1 }, "spec": spec])
  }

  private func run(
    _ definition: Definition, _ world: FakeWorld,
    from upstream: Credential? = .upstream(region: "eu-west-1")
  ) async throws(AuthError) -> Credential {
    try await AssumeRootSource(definition).credential(
      LinkRequest(realm: "", upstream: upstream, effects: world.effects))
  }

  @Test func `a root session`() async throws {
    let world = FakeWorld()
    world.answers(.issues("AssumeRoot", until: "2025-01-15T12:15:00Z"))
    let credential = try await run(definition(), world)
    #expect(
      world.form(0) == [
        "Action": "AssumeRoot", "Version": "2011-06-15", "TargetPrincipal": "210987654321",
        "TaskPolicyArn.arn": Self.task, "DurationSeconds": "900",
      ])
    #expect(world.requests[0].url == "https://sts.eu-west-1.amazonaws.com/")
    #expect(world.requests[0].headers.contains { $0.name == "Authorization" })
    #expect(credential.aws?.origin == .root)
    #expect(credential.account == "210987654321")
    #expect(credential.region == "eu-west-1")
    #expect(credential.mfaAt == nil)
    #expect(world.notices.isEmpty)
  }

  @Test func `trap 22: a quarter of an hour is enough to be used`() async throws {
    let world = FakeWorld()
    world.answers(.issues("AssumeRoot", until: "2025-01-15T12:15:00Z"))
    let credential = try await run(definition(), world)
    #expect(credential.renewalMargin == 180)
    #expect(credential.isUsable(at: .noon, margin: credential.renewalMargin))
  }

  @Test(arguments: [("10m", "600", 0), ("15m", "900", 0), ("1h", "900", 1)])
  func `a longer session than AWS gives is never asked for`(
    duration: String, sent: String, notices: Int
  ) async throws {
    let world = FakeWorld()
    world.answers(.issues("AssumeRoot"))
    _ = try await run(definition(["duration": duration]), world)
    #expect(world.form(0)["DurationSeconds"] == sent)
    #expect(world.notices.count == notices)
    #expect(
      notices == 0
        || world.notices == [
          "principal.duration of `unlock` is 1h; a root session lasts at most 15m, "
            + "so it is 15m"
        ])
  }

  @Test func `trap 15: the one global address is never called`() async throws {
    let world = FakeWorld()
    world.sets(["AWS_STS_REGIONAL_ENDPOINTS": "legacy"])
    world.answers(.issues("AssumeRoot"))
    _ = try await run(definition(), world, from: .upstream())
    #expect(world.requests[0].url == "https://sts.us-east-1.amazonaws.com/")

    world.sets(["AWS_ENDPOINT_URL_STS": "https://sts.amazonaws.com"])
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(definition(), world)
    }
    #expect(error.code == .badConfiguration)
    #expect(error.hints.first?.contains("https://sts.eu-west-1.amazonaws.com") == true)
    #expect(world.requests.count == 1)
  }

  @Test func `trap 11: the policy's partition chooses the region nobody names`() async throws {
    let world = FakeWorld()
    world.answers(.issues("AssumeRoot"))
    let arn = "arn:aws-us-gov:iam::aws:policy/root-task/S3UnlockBucketPolicy"
    _ = try await run(definition(["task_policy_arn": arn]), world, from: .upstream())
    #expect(world.requests[0].url == "https://sts.us-gov-west-1.amazonaws.com/")
    #expect(world.form(0)["TaskPolicyArn.arn"] == arn)
  }

  @Test func `a policy of another partition than the region is not sent`() async throws {
    let world = FakeWorld()
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(definition(), world, from: .upstream(region: "cn-north-1"))
    }
    #expect(error.code == .badConfiguration)
    #expect(
      error.hints
        == ["begin `principal.task_policy_arn` with `arn:aws-cn:iam::aws:policy/root-task/`"])
    #expect(world.requests.isEmpty)
  }

  @Test func `a refusal names the three reasons there are`() async throws {
    let world = FakeWorld()
    world.answers(.refuses("AccessDenied", "User: x is not authorized to perform: sts:AssumeRoot"))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(
        definition(), world, from: .upstream(principal: "arn:aws:iam::123456789012:user/jane"))
    }
    #expect(error.code == .refused)
    #expect(
      error.report == """
        error: STS refused AssumeRoot for identity `unlock`
          cause: AccessDenied: User: x is not authorized to perform: sts:AssumeRoot (request r-9)
          hint: arn:aws:iam::123456789012:user/jane needs `sts:AssumeRoot` on 210987654321 for this \
        task, and must be of the organization's management account or of the account that IAM is \
        delegated to
          hint: root sessions must be on: `aws iam enable-organizations-root-sessions` in the \
        management account
          hint: 210987654321 must be a member account of the organization; the management account \
        has no root sessions

        """)
    #expect(world.requests.count == 1)
  }

  @Test func `an upstream that has ended is told apart`() async throws {
    let world = FakeWorld()
    world.answers(.refuses("ExpiredToken", "The security token included in the request is expired"))
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(definition(), world)
    }
    #expect(error.code == .expiredUpstream)
  }

  @Test(arguments: [nil, Credential(.ambient, issuedAt: .noon, expiresAt: nil)])
  func `something must come before it`(upstream: Credential?) async throws {
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(definition(), FakeWorld(), from: upstream)
    }
    #expect(error.code == .badConfiguration)
  }

  @Test func `traits say what would be done`() throws {
    let source = try AssumeRootSource(
      definition(
        ["duration": "10m", "region": "eu-west-1"], spec: ["endpoint_url": "http://localhost:1"]))
    #expect(
      source.traits == [
        Trait("root_of", "210987654321"), Trait("task", Self.task), Trait("region", "eu-west-1"),
        Trait("duration", "600"), Trait("endpoint", "http://localhost:1"),
      ])
  }

  @Test(arguments: RootTask.names)
  func `every task that AWS lists is right`(task: String) {
    let arn = RootTask.prefix(.commercial) + task
    #expect(Kind.assumeRoot.check(definition(["task_policy_arn": arn])).isEmpty)
  }

  @Test(arguments: [
    (["task_policy_arn": "S3UnlockBucketPolicy"], Diagnostic.Severity.error, "must begin with"),
    (["task_policy_arn": "arn:aws:iam::aws:policy/AdministratorAccess"], .error, "must begin with"),
    (
      ["task_policy_arn": "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicies"], .error,
      "is not known to have this root task"
    ),
    (
      ["task_policy_arn": "arn:aws:iam::aws:policy/root-task/SomethingOfNextYear"], .warning,
      "is not known to have this root task"
    ),
    (["duration": "1h"], .warning, "is 1h, and a root session lasts at most 15m"),
    (["region": "cn-north-1"], .error, "is not in the task policy's partition `aws`"),
  ])
  func `faults that validate finds`(
    principal: [String: String], severity: Diagnostic.Severity, text: String
  ) {
    let faults = Kind.assumeRoot.check(definition(principal))
    #expect(faults.count == 1)
    #expect(faults.first?.severity == severity)
    #expect(faults.first?.message.contains(text) == true)
  }
}
