import Core
import Foundation
import Model
import Sessions
import Synchronization
import TestSupport

/// A person's machine as far as sessions go: a directory, a clock, a keyring and a cloud.
final class SessionWorld: Sendable {
  let scratch: Scratch
  let paths: StatePaths
  let clock = FakeClock()
  let keyring: any Keyring
  let notices = Notices()
  let cloud: FakeCloud

  init(keyring: any Keyring = FakeKeyring()) throws {
    let scratch = try Scratch()
    self.scratch = scratch
    self.keyring = keyring
    paths = StatePaths { $0 == "HOME" ? scratch.path : nil }
    cloud = FakeCloud(clock: clock)
  }

  var root: String { scratch.path }

  func effects(
    interaction: (any Interaction)? = nil,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) -> Effects {
    let clock = clock
    return Effects(
      now: { clock.now }, sleep: sleep, environment: [:],
      randomBytes: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } },
      transport: NoNetwork(), interaction: interaction, keyring: keyring,
      notice: { self.notices.add($0) })
  }

  /// A store as another process would have it: nothing but the disk and the keyring in common.
  func store() -> SessionStore { SessionStore(paths: paths, effects: effects()) }

  func manager(
    interaction: (any Interaction)? = nil,
    sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
  ) -> SessionManager {
    SessionManager(store: store(), effects: effects(interaction: interaction, sleep: sleep))
  }

  /// A chain of links called by name; those in `people` ask a person, those in `passing` are not
  /// remembered, those in `providers` are providers.
  func chain(
    _ names: String..., realm: String = "realm", people: Set<String> = [],
    passing: Set<String> = [], providers: Set<String> = [], traits: [Trait] = []
  ) -> Chain {
    let links = names.enumerated().map { index, name in
      Link(
        name: name,
        kind: Kind(
          "fake", index == 0 && providers.contains(name) ? .provider : .identity,
          summary: "a link of a test", isRemembered: !passing.contains(name)),
        source: FakeSource(
          cloud: cloud, name: name, asksPerson: people.contains(name), traits: traits))
    }
    return Chain(realm: realm, links: links)
  }

  func facts(_ identity: String, realm: String = "realm") -> Facts? {
    Facts.read(paths.factsPath(realm: realm, identity: identity))
  }

  /// Every regular file below the world's root, by its path there.
  func files() throws -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    let all = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    for file in all where !FileSystem.isDirectory("\(root)/\(file)") {
      files[file] = try FileSystem.readFile("\(root)/\(file)")
    }
    return files
  }
}

/// What issues credentials to fake links, and counts.
final class FakeCloud: Sendable {
  struct State {
    var calls: [String] = []
    var lifetimes: [String: Int64?] = [:]
    var failures: [String: [AuthError]] = [:]
    var delay = Duration.zero
    var upstreams: [String: [String?]] = [:]
    var secrets: [String] = []
    var proves: Set<String> = []
    var onCall: @Sendable (String) -> Void = { _ in }
  }

  private let state = Mutex(State())
  private let clock: FakeClock

  init(clock: FakeClock) { self.clock = clock }

  var calls: [String] { state.withLock { $0.calls } }
  var upstreams: [String: [String?]] { state.withLock { $0.upstreams } }
  var secrets: [String] { state.withLock { $0.secrets } }
  func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

  func issue(_ name: String, upstream: Credential?) async throws(AuthError) -> Credential {
    let (delay, onCall) = state.withLock { state in
      state.calls.append(name)
      state.upstreams[name, default: []].append(upstream?.aws?.accessKeyID)
      return (state.delay, state.onCall)
    }
    onCall(name)
    if delay > .zero { try? await Task.sleep(for: delay) }
    let failure = state.withLock { state -> AuthError? in
      guard var left = state.failures[name], !left.isEmpty else { return nil }
      defer { state.failures[name] = left }
      return left.removeFirst()
    }
    if let failure { throw failure }
    return state.withLock { state in
      let number = state.secrets.count
      let secret = "SECRET/\(name)/\(number)/\(UUID().uuidString)"
      state.secrets.append(secret)
      let lifetime = state.lifetimes[name] ?? 3600
      return Credential(
        .aws(
          AWSKeys(
            accessKeyID: "ASIA\(name)\(number)", secretAccessKey: Secret(secret),
            sessionToken: Secret("TOKEN-" + secret), origin: .role)),
        issuedAt: clock.now, expiresAt: lifetime.map { clock.now.advanced(bySeconds: $0) },
        region: "eu-west-1", account: "123456789012", principal: "arn:aws:sts::1:\(name)",
        mfaAt: state.proves.contains(name) ? clock.now : nil)
    }
  }
}

/// A link that asks the fake cloud.
struct FakeSource: CredentialSource {
  var cloud: FakeCloud
  var name: String
  var asksPerson: Bool
  var traits: [Trait]

  /// Whoever asked for a code unforeseen does so again.
  func personNeed(
    after previous: Credential?, realm: String, effects: Effects
  ) async -> PersonNeed {
    asksPerson || previous?.mfaAt != nil ? PersonNeed(atTerminalOf: effects) : .unneeded
  }

  func credential(_ request: LinkRequest) async throws(AuthError) -> Credential {
    if asksPerson {
      guard let interaction = request.effects.interaction else {
        throw AuthError(.loginRequired, "`\(name)` asks for a code", hints: ["set `CODE`"])
      }
      _ = try await interaction.ask("Code: ", hidden: false)
    }
    return try await cloud.issue(name, upstream: request.upstream)
  }
}

/// A person who always has an answer, or gives up.
actor FakePerson: Interaction {
  private(set) var questions = 0
  private let answer: String?
  private let isReady: @Sendable () -> Bool

  init(answer: String? = "123456", until isReady: @escaping @Sendable () -> Bool = { true }) {
    self.answer = answer
    self.isReady = isReady
  }

  func ask(_ question: String, hidden: Bool) async throws(AuthError) -> Secret {
    questions += 1
    repeat { try? await Task.sleep(for: .milliseconds(50)) } while !isReady()
    guard let answer else { throw AuthError(.loginRequired, "the person gave up") }
    return Secret(answer)
  }
}
