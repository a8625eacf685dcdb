import Core
import Model
import Testing

@testable import AWS
@testable import LocalKinds

@Suite struct MockTests {
  private func run(_ body: [String: Any], _ world: FakeWorld, from upstream: Credential? = nil)
    async throws(AuthError) -> Credential
  {
    try await MockSource(Written.identity("demo/dev", "mock/aws", body)).credential(
      LinkRequest(realm: "", upstream: upstream, effects: world.effects))
  }

  @Test func `keys look like keys and are new each time`() async throws {
    let world = FakeWorld()
    let body = ["spec": ["lifetime": "15m"], "principal": ["account": ["id": "111122223333"]]]
    let first = try await run(body, world)
    let second = try await run(body, world)
    #expect(first.aws?.accessKeyID.utf8.count == 20)
    #expect(first.aws?.accessKeyID != second.aws?.accessKeyID)
    #expect(first.aws?.secretAccessKey.count == 40)
    #expect(first.expiresAt == Instant.noon.advanced(bySeconds: 900))
    #expect(first.account == "111122223333")
    #expect(first.principal == "arn:aws:sts::111122223333:assumed-role/mock/demo-dev")
  }

  @Test func `region and account come down the chain`() async throws {
    var upstream = Credential.upstream(region: "eu-central-1")
    upstream.account = "444455556666"
    let credential = try await run([:], FakeWorld(), from: upstream)
    #expect(credential.region == "eu-central-1")
    #expect(credential.account == "444455556666")
    #expect(credential.expiresAt == Instant.noon.advanced(bySeconds: 3600))
  }

  @Test func `any code but six zeros is right`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.types("000000", "123456")
    let credential = try await run(["spec": ["mfa": "true"]], world)
    #expect(credential.mfaAt == .noon)
    #expect(world.notices == ["the code was not accepted; wait for the next one"])
  }

  @Test func `three wrong answers end it`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.types("000000", "no", "000000")
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(["spec": ["mfa": "true"]], world)
    }
    #expect(error.code == .refused)
    #expect(world.questions.count == 3)
  }

  @Test func `a mock can fail`() async throws {
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(["spec": ["fail": "not\u{1B}[31m today"]], FakeWorld())
    }
    #expect(error.code == .refused)
    #expect(error.message == "the mock cloud refused identity `demo/dev`: not[31m today")
  }

  @Test func `this release logs in with these kinds`() {
    let kinds = (AWSKinds.all + LocalKinds.all).filter { $0.makeSource != nil }
    #expect(
      kinds.map { "\($0.name) \($0.section.rawValue)" } == [
        "aws/iam-identity-center provider", "aws/user identity", "aws/permission-set identity",
        "aws/assume-role identity", "aws/assume-root identity", "aws/ambient identity",
        "aws/saml provider", "ambient identity", "mock provider", "mock identity",
        "mock/aws provider", "mock/aws identity",
      ])
  }
}
