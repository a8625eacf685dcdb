import Core
import Model
import Synchronization
import Testing

@testable import AWS

/// What becomes of an IAM user's stored keys that are not valid any more.
@Suite struct ReplacedKeysTests {
  private let mfa = "arn:aws:iam::123456789012:mfa/jane"

  private func user() throws -> AWSUserSource {
    try AWSUserSource(Written.identity("jane", "aws/user", [:]))
  }

  private func run(_ source: AWSUserSource, _ world: FakeWorld) async throws(AuthError)
    -> Credential
  {
    try await source.credential(LinkRequest(realm: "", upstream: nil, effects: world.effects))
  }

  private let old = StoredKeys(
    accessKeyID: "AKIAOLDOLDOLDOLD0001", secretAccessKey: Secret("old"), mfaARN: nil,
    sessionDuration: "1h")

  private static let unknown = HTTPResponse.refuses(
    "InvalidClientTokenId", "The security token included in the request is invalid.")

  private func stored(_ world: FakeWorld) throws -> StoredKeys? {
    try world.state.withLock { $0.entries["atmos_jane"] }.flatMap { try StoredKeys(entry: $0) }
  }

  @Test func `without a person the error names the stored keys and how to replace them`()
    async throws
  {
    let world = FakeWorld()
    world.stores(old, as: "atmos_jane")
    world.answers(Self.unknown)
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(user(), world)
    }
    #expect(error.code == .refused)
    #expect(error.message == "the stored access keys AKIA…0001 of identity `jane` are not valid")
    #expect(error.hints.last == "store the right ones with `atmos-auth user configure -i jane`")
    #expect(try stored(world) == old)
  }

  @Test func `a person replaces them, and what works is stored`() async throws {
    let world = FakeWorld(hasTerminal: true)
    world.stores(old, as: "atmos_jane")
    world.types("AKIANEWNEWNEWNEW0002", "s3cr3t")
    world.answers(Self.unknown)
    world.answers(.issues("GetSessionToken"))
    let credential = try await run(user(), world)
    #expect(credential.aws?.accessKeyID == "ASIAISSUEDKEY0000001")
    #expect(world.questions == ["Access Key ID: ", "Secret Access Key: "])
    #expect(world.form(1)["DurationSeconds"] == "3600")
    #expect(
      try stored(world)
        == StoredKeys(
          accessKeyID: "AKIANEWNEWNEWNEW0002", secretAccessKey: Secret("s3cr3t"),
          sessionDuration: "1h"))
    #expect(world.notices.count == 2)
    #expect(!world.notices.contains { $0.contains("s3cr3t") })
  }

  @Test(arguments: [
    ["AKIANEWNEWNEWNEW0002", "new"], ["AKIANEWNEWNEWNEW0002", ""],
    ["AKIANEWNEWNEWNEW0002", "AKIANEWNEWNEWNEW0002,new"], ["AKIANEWNEWNEWNEW0002", "n\u{a0}ew"],
    ["ASIANEWNEWNEWNEW0002", "new"],
    ["no key", "new"], [],
  ])
  func `keys that do not work replace nothing, and are asked for once`(typed: [String])
    async throws
  {
    let world = FakeWorld(hasTerminal: true)
    world.stores(old, as: "atmos_jane")
    world.state.withLock { $0.typed = typed }
    world.answers(Self.unknown)
    world.answers(Self.unknown)
    await #expect(throws: AuthError.self) { _ = try await run(user(), world) }
    #expect(world.questions.count <= 2)
    #expect(try stored(world) == old)
  }

  @Test func `a code that went out with the old keys is not sent with the new ones`() async throws {
    let world = FakeWorld(hasTerminal: true)
    var old = old
    old.mfaARN = mfa
    world.stores(old, as: "atmos_jane")
    world.types("111111", "AKIANEWNEWNEWNEW0002", "new", "111111", "222222")
    world.answers(Self.unknown)
    world.answers(.issues("GetSessionToken"))
    _ = try await run(user(), world)
    #expect((0...1).map { world.form($0)["TokenCode"] } == ["111111", "222222"])
    #expect(try stored(world)?.mfaARN == mfa)
    #expect(try stored(world)?.accessKeyID == "AKIANEWNEWNEWNEW0002")
  }
}
