import Core
import Model
import Synchronization
import Testing

@testable import AWS

/// What cannot be seen from outside: times, and answers that no service gives on demand.
@Suite struct KeyRotationTests {
  /// An IAM that takes every call and remembers what it was asked.
  private final class Cloud: Sendable {
    struct State {
      var keys = ["AKIAOLDOLDOLDOLD0001"]
      /// How many calls refuse the new key.
      var unknown = 0
      var arn = "arn:aws:iam::123456789012:user/team/jane"
      var actions: [String] = []
      /// Whom each call was signed by.
      var signers: [String] = []
    }

    static let new = "AKIANEWNEWNEWNEW0002"
    let state = Mutex(State())

    func answer(_ request: HTTPRequest) -> HTTPResponse {
      let form = request.body.revealed().split(separator: "&").map(String.init)
      let action = form.first { $0.hasPrefix("Action=") }.map { String($0.dropFirst(7)) } ?? ""
      let header = request.headers.first { $0.name == "Authorization" }?.value ?? ""
      let signer = header.split(separator: "/")[0].split(separator: "=").last.map(String.init) ?? ""
      return state.withLock { state in
        state.actions.append(action)
        state.signers.append(signer)
        if signer == Self.new, state.unknown > 0 {
          state.unknown -= 1
          return .refuses("InvalidClientTokenId")
        }
        switch action {
        case "GetCallerIdentity":
          return done(
            action,
            "<Arn>\(state.arn)</Arn><UserId>AIDA</UserId><Account>123456789012</Account>")
        case "ListAccessKeys":
          let members = state.keys.map {
            "<member><AccessKeyId>\($0)</AccessKeyId><Status>Active</Status></member>"
          }
          return done(action, "<AccessKeyMetadata>\(members.joined())</AccessKeyMetadata>")
        case "CreateAccessKey":
          state.keys.append(Self.new)
          return done(
            action,
            "<AccessKey><AccessKeyId>\(Self.new)</AccessKeyId>"
              + "<SecretAccessKey>new/secret</SecretAccessKey></AccessKey>")
        case "DeleteAccessKey":
          let id = form.first { $0.hasPrefix("AccessKeyId=") }.map { String($0.dropFirst(12)) }
          state.keys.removeAll { $0 == id }
          return done(action, nil)
        default: return .refuses("AccessDenied")
        }
      }
    }

    private func done(_ action: String, _ result: String?) -> HTTPResponse {
      let result = result.map { "<\(action)Result>\($0)</\(action)Result>" } ?? ""
      return .xml(200, "<\(action)Response>\(result)</\(action)Response>")
    }
  }

  private let cloud = Cloud()
  private let world = FakeWorld()
  private let entry = "atmos_jane"

  init() {
    let cloud = cloud
    world.state.withLock {
      $0.responder = { cloud.answer($0) }
      $0.clockFollowsSleep = true
    }
    world.stores(
      StoredKeys(
        accessKeyID: "AKIAOLDOLDOLDOLD0001", secretAccessKey: Secret("old"), region: "eu-west-1",
        sessionDuration: "2h"), as: entry)
  }

  private func rotation(_ credentials: [String: Any] = [:]) throws -> KeyRotation {
    let source = try AWSUserSource(
      Written.identity("jane", "aws/user", ["credentials": credentials]))
    return KeyRotation(
      of: UserKeys(source.settings, realm: "", effects: world.effects) {
        () async throws(AuthError) in
        throw AuthError(.loginRequired, "no session is needed")
      })
  }

  private func stored() throws -> StoredKeys {
    let bytes = try #require(world.state.withLock { $0.entries[entry] })
    return try #require(try StoredKeys(entry: bytes))
  }

  @Test func `the old key is deleted by the new one, and what is stored beside it stays`()
    async throws
  {
    let outcome = try await rotation().run()
    #expect(outcome.oldID == "AKIA…0001")
    #expect(outcome.newID == "AKIA…0002")
    #expect(outcome.user.name == "jane")
    #expect(outcome.resumedFrom == nil)
    #expect(try stored().sessionDuration == "2h")
    #expect(try stored().region == "eu-west-1")
    #expect(try stored().secretAccessKey == Secret("new/secret"))
    #expect(
      cloud.state.withLock { $0.actions } == [
        "GetCallerIdentity", "ListAccessKeys", "CreateAccessKey", "GetCallerIdentity",
        "DeleteAccessKey",
      ])
    #expect(cloud.state.withLock { $0.signers.last } == Cloud.new)
    #expect(world.state.withLock { Array($0.entries.keys) } == [entry])
  }

  @Test func `IAM is called in its one region, STS in the user's`() async throws {
    _ = try await rotation(["region": "us-gov-east-1"]).run()
    #expect(world.requests[0].url == "https://sts.us-gov-east-1.amazonaws.com/")
    #expect(world.requests[1].url == "https://iam.us-gov.amazonaws.com/")
    #expect(
      world.requests[1].headers.contains { $0.value.contains("/us-gov-west-1/iam/aws4_request") })
  }

  @Test func `a new key is waited for, longer each time, and the person sees it`() async throws {
    cloud.state.withLock { $0.unknown = 4 }
    _ = try await rotation().run()
    #expect(world.sleeps == [.seconds(1), .seconds(2), .seconds(3), .seconds(4)])
    let shown = world.state.withLock { $0.progress }
    #expect(shown.contains("waiting until AWS knows AKIA…0002 (6 s)"))
    #expect(shown.last == .some(nil))
  }

  @Test func `a key that stays unknown leaves the old one in use and is kept`() async throws {
    cloud.state.withLock { $0.unknown = 1000 }
    let error = try await #require(throws: AuthError.self) { _ = try await rotation().run() }
    #expect(error.code == .unavailable)
    #expect(error.hints.first?.contains("the old one stays in use") == true)
    #expect(world.sleeps.reduce(.zero, +) >= .seconds(120))
    #expect(try stored().accessKeyID == "AKIAOLDOLDOLDOLD0001")
    cloud.state.withLock { $0.unknown = 0 }
    let outcome = try await rotation().run()
    #expect(outcome.resumedFrom != nil)
    #expect(try stored().secretAccessKey == Secret("new/secret"))
    #expect(cloud.state.withLock { $0.actions.filter { $0 == "CreateAccessKey" } }.count == 1)
  }

  @Test func `a new key that somebody deletes is given up`() async throws {
    cloud.state.withLock { $0.unknown = 1000 }
    _ = try? await rotation().run()
    cloud.state.withLock { $0.keys = ["AKIAOLDOLDOLDOLD0001"] }
    let error = try await #require(throws: AuthError.self) { _ = try await rotation().run() }
    #expect(error.message == "the new access key was deleted by someone else: AKIA…0002")
    cloud.state.withLock { $0.unknown = 0 }
    _ = try await rotation().run()
    #expect(cloud.state.withLock { $0.actions.filter { $0 == "CreateAccessKey" } }.count == 2)
  }

  @Test func `keys that a person stores meanwhile stay, and the made one goes`() async throws {
    cloud.state.withLock { $0.unknown = 1000 }
    _ = try? await rotation().run()
    cloud.state.withLock {
      $0.unknown = 0
      $0.keys.append("AKIAOTHEROTHEROT0003")
      $0.keys.removeAll { $0 == "AKIAOLDOLDOLDOLD0001" }
    }
    world.stores(
      StoredKeys(accessKeyID: "AKIAOTHEROTHEROT0003", secretAccessKey: Secret("other")), as: entry)
    let outcome = try await rotation().run()
    #expect(outcome.oldID == "AKIA…0003")
    #expect(
      world.notices.contains("an interrupted rotation has left access key AKIA…0002 behind"))
  }

  @Test(arguments: [
    "arn:aws:iam::123456789012:root", "arn:aws:sts::123456789012:assumed-role/r/s",
  ])
  func `only IAM users have keys that can be rotated`(arn: String) async throws {
    cloud.state.withLock { $0.arn = arn }
    let error = try await #require(throws: AuthError.self) { _ = try await rotation().run() }
    #expect(error.code == .refused)
    #expect(error.message.contains(arn))
  }

  @Test func `a journal is read as it was written`() throws {
    var journal = RotationJournal(began: .noon, oldID: "A", knownIDs: ["A", "B"])
    #expect(RotationJournal(entry: journal.entry()) == journal)
    #expect(journal.stage(storedID: "A") == .making)
    journal.newID = "N"
    journal.newSecret = Secret("s")
    #expect(RotationJournal(entry: journal.entry()) == journal)
    #expect(journal.stage(storedID: "N") == .switched)
    #expect(journal.stage(storedID: "X") == .superseded)
    #expect(RotationJournal(entry: Secret("{}")) == nil)
    #expect(RotationJournal(entry: Secret("damaged")) == nil)
  }
}
