import Core
import Foundation
import Keyrings
import Model
import Synchronization
import TestSupport

@testable import OneTimeCodes

/// A machine as far as one-time codes go: a directory, a clock that goes while somebody sleeps, a
/// keyring, and perhaps a person.
final class CodeWorld: Sendable {
  static let device = "arn:aws:iam::123456789012:mfa/jane"
  static let totp = TOTP(seed: Secret("12345678901234567890"))
  /// The first second of a window.
  static let start: Int64 = 1_795_233_600

  struct State {
    var now = Instant(secondsSince1970: CodeWorld.start)
    var typed: [String] = []
    var questions: [String] = []
    var notices: [String] = []
    var progress: [String?] = []
    var variables: [String: String] = ["PATH": "/usr/bin:/bin"]
    var keyringFails = false
  }

  let scratch: Scratch
  let state = Mutex(State())
  let keyring = MemoryKeyring()

  init() throws {
    scratch = try Scratch()
    signal(SIGPIPE, SIG_IGN)
  }

  var root: String { scratch.path }

  var notices: [String] { state.withLock { $0.notices } }
  var questions: [String] { state.withLock { $0.questions } }
  var now: Int64 { state.withLock { $0.now.secondsSince1970 } }
  func types(_ lines: String...) { state.withLock { $0.typed += lines } }
  func sets(_ name: String, _ value: String) { state.withLock { $0.variables[name] = value } }
  func advance(_ seconds: Int64) {
    state.withLock { $0.now = $0.now.advanced(bySeconds: seconds) }
  }
  func hasSeed() async throws {
    try await StoredSeed(of: Self.device, in: keyring).write(Self.totp)
  }

  /// Makes a program, and the way to it.
  func program(_ name: String, _ script: String) throws {
    _ = try scratch.program("bin/\(name)", script)
    sets("PATH", "\(root)/bin:/usr/bin:/bin")
  }

  func effects(terminal: Bool = false, desktop: Bool = false) -> Effects {
    var effects = Effects(
      now: { self.state.withLock { $0.now } },
      sleep: { duration in
        self.advance(duration.components.seconds)
        await Task.yield()
        try Task.checkCancellation()
      },
      environment: state.withLock { $0.variables },
      randomBytes: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } },
      transport: NoNetwork(), interaction: terminal ? Person(world: self, place: "tty") : nil,
      keyring: state.withLock { $0.keyringFails }
        ? LockedKeyring("the keyring is locked") : keyring,
      notice: { line in self.state.withLock { $0.notices.append(line) } })
    effects.progress = { line in self.state.withLock { $0.progress.append(line) } }
    effects.desktop = desktop ? Person(world: self, place: "window") : nil
    return effects
  }

  func request(_ sources: [CodeSource]? = nil) -> CodeRequest {
    CodeRequest(device: Self.device, identity: "jane", sources: sources)
  }

  func broker(given: String? = nil) -> CodeBroker {
    CodeBroker(
      given: given.map { Secret($0) }, paths: StatePaths { $0 == "HOME" ? self.root : nil })
  }

  /// One login's codes, as another process would have them.
  func codes(
    _ sources: [CodeSource]? = nil, given: String? = nil, terminal: Bool = false,
    desktop: Bool = false
  ) -> any CodeSupply {
    broker(given: given).codes(
      for: request(sources), effects: effects(terminal: terminal, desktop: desktop))
  }

  /// Everything that was written, in one text.
  func written() throws -> String {
    let all = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
    return try all.filter { !FileSystem.isDirectory("\(root)/\($0)") && !$0.hasPrefix("bin/") }
      .map { String(decoding: try FileSystem.readFile("\(root)/\($0)") ?? [], as: UTF8.self) }
      .joined()
  }

  /// The code of the window that many windows after the first.
  static func code(_ offset: Int64) -> String {
    totp.code(ofWindow: start / 30 + offset).revealed()
  }
}

private struct Person: Interaction {
  var world: CodeWorld
  var place: String

  func ask(_ question: String, hidden: Bool) async throws(AuthError) -> Secret {
    let line = world.state.withLock { state in
      state.questions.append("\(place): \(question)")
      return state.typed.isEmpty ? nil : state.typed.removeFirst()
    }
    guard let line else { throw AuthError(.loginRequired, "the person gave up") }
    return Secret(line)
  }
}
