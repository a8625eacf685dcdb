import Core
import Model
import Synchronization
import Testing

@testable import AWS

/// What cannot be seen from outside without waiting: times, and a slow or wrong IAM.
@Suite struct DeviceRegistrationTests {
  private final class Cloud: Sendable {
    struct State {
      /// What `EnableMFADevice` is refused with, one after the other.
      var refusals: [String] = []
      var codes: [String] = []
      var seed = "SkJTV1kzRFBFSFBLM1BYUEpCU1dZM0RQRUhQSzNQWFA="
    }

    let state = Mutex(State())

    func answer(_ request: HTTPRequest) -> HTTPResponse {
      let pairs = request.body.revealed().split(separator: "&").map { $0.split(separator: "=") }
      let form = Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], String($0.last ?? "")) })
      let action = form["Action"] ?? ""
      return state.withLock { state in
        switch action {
        case "GetCallerIdentity":
          return done(
            action,
            "<Arn>arn:aws:iam::123456789012:user/jane</Arn><UserId>AIDA</UserId>"
              + "<Account>123456789012</Account>")
        case "CreateVirtualMFADevice":
          return done(
            action,
            "<VirtualMFADevice><SerialNumber>arn:aws:iam::123456789012:mfa/jane</SerialNumber>"
              + "<Base32StringSeed>\(state.seed)</Base32StringSeed></VirtualMFADevice>")
        case "EnableMFADevice":
          let codes = [form["AuthenticationCode1"], form["AuthenticationCode2"]]
          state.codes.append(codes.map { $0 ?? "" }.joined(separator: " "))
          return state.refusals.isEmpty
            ? done(action, nil) : .refuses(state.refusals.removeFirst(), status: 409)
        default: return .refuses("AccessDenied")
        }
      }
    }

    private func done(_ action: String, _ result: String?) -> HTTPResponse {
      let result = result.map { "<\(action)Result>\($0)</\(action)Result>" } ?? ""
      return .xml(200, "<\(action)Response>\(result)</\(action)Response>")
    }
  }

  /// Codes are the numbers of their windows, so that a test sees which ones were sent.
  private final class Seeds: DeviceSeeds, Sendable {
    let kept = Mutex<[String: Secret]>([:])

    func keep(_ seed: Secret, of device: String) async throws(AuthError) {
      kept.withLock { $0[device] = seed }
    }

    func codes(of device: String, at now: Instant) async throws(AuthError) -> CodePair? {
      guard kept.withLock({ $0[device] }) != nil else { return nil }
      let window = now.secondsSince1970 / 30
      return CodePair(
        first: Secret("\(window - 1)"), second: Secret("\(window)"),
        freshAt: Instant(secondsSince1970: (window + 2) * 30))
    }

    func forget(_ device: String) async throws(AuthError) {
      kept.withLock { $0[device] = nil }
    }
  }

  private let device = "arn:aws:iam::123456789012:mfa/jane"
  private let cloud = Cloud()
  private let seeds = Seeds()
  private let world = FakeWorld()

  init() {
    let cloud = cloud
    world.state.withLock {
      $0.responder = { cloud.answer($0) }
      $0.clockFollowsSleep = true
    }
    world.stores(
      StoredKeys(accessKeyID: "AKIAOLDOLDOLDOLD0001", secretAccessKey: Secret("old")),
      as: "atmos_jane")
  }

  private func register() async throws(AuthError) -> DeviceRegistration.Outcome {
    let source = try AWSUserSource(Written.identity("jane", "aws/user", [:]))
    return try await DeviceRegistration(
      of: UserKeys(source.settings, realm: "", effects: world.effects) {
        () async throws(AuthError) in
        throw AuthError(.loginRequired, "no session is needed")
      }, seeds: seeds, deviceName: nil, replaces: false
    ).run()
  }

  /// The window of noon.
  private let window: Int64 = 1_736_942_400 / 30

  @Test func `the codes of the window before and of this one are sent, without waiting`()
    async throws
  {
    let outcome = try await register()
    #expect(outcome.device == device)
    #expect(outcome.isStored)
    #expect(cloud.state.withLock { $0.codes } == ["\(window - 1) \(window)"])
    #expect(world.sleeps.isEmpty)
    #expect(seeds.kept.withLock { $0[device] } == Secret("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"))
  }

  @Test func `codes that are refused are followed by two that were not sent`() async throws {
    cloud.state.withLock { $0.refusals = ["InvalidAuthenticationCode"] }
    _ = try await register()
    #expect(
      cloud.state.withLock { $0.codes } == [
        "\(window - 1) \(window)", "\(window + 1) \(window + 2)",
      ])
    #expect(world.sleeps.reduce(.zero, +) == .seconds(60))
    let shown = world.state.withLock { $0.progress }
    #expect(shown.first == "waiting for the device's next two codes (60 s)")
    #expect(shown.last == .some(nil))
  }

  @Test func `a clock that is wrong for good is told, and the device is there for the next run`()
    async throws
  {
    cloud.state.withLock {
      $0.refusals = Array(repeating: "InvalidAuthenticationCode", count: 3)
    }
    let error = try await #require(throws: AuthError.self) { _ = try await register() }
    #expect(error.code == .refused)
    #expect(error.hints.first?.contains("clock") == true)
    let outcome = try await register()
    #expect(!outcome.wasRegistered)
    #expect(cloud.state.withLock { $0.codes.count } == 4)
  }

  @Test func `a device that IAM does not know at once is waited for`() async throws {
    cloud.state.withLock { $0.refusals = ["NoSuchEntity", "NoSuchEntity"] }
    _ = try await register()
    #expect(world.sleeps == [.seconds(1), .seconds(2)])
  }

  @Test func `a seed that is none is not taken for one`() async throws {
    cloud.state.withLock { $0.seed = "***" }
    let error = try await #require(throws: AuthError.self) { _ = try await register() }
    #expect(error.code == .unavailable)
    #expect(seeds.kept.withLock { $0.isEmpty })
  }
}
