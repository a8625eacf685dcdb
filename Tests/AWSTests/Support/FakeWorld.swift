import AWS
import Core
import Foundation
import Model
import OneTimeCodes
import Synchronization
import TestSupport
import Testing

/// A world made of scripts: what the network answers, what the person types, what time it is.
final class FakeWorld: Sendable {
  struct State {
    var now = Instant(secondsSince1970: 1_736_942_400)  // 2025-01-15T12:00:00Z
    var answers: [Result<HTTPResponse, TransportFailure>] = []
    var requests: [HTTPRequest] = []
    var typed: [String] = []
    var questions: [String] = []
    var notices: [String] = []
    var sleeps: [Duration] = []
    var entries: [String: Secret] = [:]
    var environment: [String: String] = ["HOME": "/nowhere"]
    var randomByte: UInt8 = 0
    var pages: [SignInPage] = []
    var opened: [String] = []
    var canOpen = true
    var isBrowserHere = true
    var callback: (@Sendable (String) -> [String: String])?
    /// What the person types after they saw a page.
    var answerToPage: (@Sendable (SignInPage) -> String)?
    var responder: (@Sendable (HTTPRequest) -> HTTPResponse)?
    var onSleep: (@Sendable (Duration) throws -> Void)?
    var progress: [String?] = []
    var clockFollowsSleep = false
  }

  let state = Mutex(State())
  let hasTerminal: Bool
  let hasBrowser: Bool
  /// Where the used codes of this world are.
  let root = Scratch.unusedPath()

  init(hasTerminal: Bool = false, hasBrowser: Bool = false) {
    self.hasTerminal = hasTerminal
    self.hasBrowser = hasBrowser
  }

  var effects: Effects {
    var effects = Effects(
      now: { self.state.withLock { $0.now } },
      sleep: { duration in
        let onSleep = self.state.withLock { state in
          state.sleeps.append(duration)
          if state.clockFollowsSleep {
            state.now = state.now.advanced(bySeconds: duration.components.seconds)
          }
          return state.onSleep
        }
        try onSleep?(duration)
        await Task.yield()
        try Task.checkCancellation()
      },
      environment: state.withLock { $0.environment },
      randomBytes: { count in
        self.state.withLock { state in
          (0..<count).map { _ in
            state.randomByte &+= 37
            return state.randomByte
          }
        }
      },
      transport: ScriptedTransport(world: self),
      interaction: hasTerminal ? ScriptedPerson(world: self) : nil,
      browser: hasBrowser ? ScriptedBrowser(world: self) : nil,
      callbacks: hasBrowser ? ScriptedCallbacks(world: self) : nil,
      keyring: ScriptedKeyring(world: self),
      notice: { line in self.state.withLock { $0.notices.append(line) } })
    effects.codes = CodeBroker(given: nil, paths: StatePaths { $0 == "HOME" ? self.root : nil })
    effects.progress = { line in self.state.withLock { $0.progress.append(line) } }
    return effects
  }

  var requests: [HTTPRequest] { state.withLock { $0.requests } }
  var notices: [String] { state.withLock { $0.notices } }
  var questions: [String] { state.withLock { $0.questions } }

  /// The form fields of request `number`, from 0.
  func form(_ number: Int) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: requests[number].body.revealed().split(separator: "&").map { pair in
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts[0]), String(parts[1]).removingPercentEncodingForTests)
      })
  }

  /// The JSON body of request `number`, from 0.
  func json(_ number: Int) throws -> [String: String] {
    let body = Data(requests[number].body.revealed().utf8)
    let object = try JSONSerialization.jsonObject(with: body) as? [String: Any] ?? [:]
    return object.mapValues { ($0 as? [String])?.joined(separator: " ") ?? "\($0)" }
  }

  var pages: [SignInPage] { state.withLock { $0.pages } }
  var opened: [String] { state.withLock { $0.opened } }
  var sleeps: [Duration] { state.withLock { $0.sleeps } }

  /// How often the code under test waited.
  var waits: Int { state.withLock { $0.sleeps.count } }

  /// Puts an entry into the keyring.
  func stores(_ keys: StoredKeys, as name: String) {
    state.withLock { $0.entries[name] = keys.entry() }
  }

  func answers(_ response: HTTPResponse) {
    state.withLock { $0.answers.append(.success(response)) }
  }

  func fails(_ failure: TransportFailure) {
    state.withLock { $0.answers.append(.failure(failure)) }
  }

  func types(_ lines: String...) {
    state.withLock { $0.typed += lines }
  }

  func sets(_ variables: [String: String]) {
    state.withLock { $0.environment.merge(variables) { $1 } }
  }
}

private struct ScriptedTransport: Transport {
  var world: FakeWorld

  func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
    let answer = world.state.withLock { state -> Result<HTTPResponse, TransportFailure>? in
      state.requests.append(request)
      if let responder = state.responder { return .success(responder(request)) }
      return state.answers.isEmpty
        ? nil : state.answers.removeFirst()
    }
    guard let answer else {
      Issue.record("nobody expected a request to \(request.url)")
      throw TransportFailure(.misconfigured, "unexpected request")
    }
    return try answer.get()
  }
}

private struct ScriptedPerson: Interaction {
  var world: FakeWorld

  func ask(_ question: String, hidden: Bool) async throws(AuthError) -> Secret {
    let line = world.state.withLock { state in
      state.questions.append(question)
      return state.typed.isEmpty ? nil : state.typed.removeFirst()
    }
    guard let line else { throw AuthError(.loginRequired, "the person gave up") }
    return Secret(line)
  }
}

extension ScriptedPerson {
  func show(_ page: SignInPage) async {
    world.state.withLock { state in
      state.pages.append(page)
      if let answer = state.answerToPage { state.typed.append(answer(page)) }
    }
  }
}

private struct ScriptedBrowser: Browser {
  var world: FakeWorld

  var isHere: Bool { world.state.withLock { $0.isBrowserHere } }

  func open(_ url: Secret) async -> Bool {
    world.state.withLock { state in
      state.opened.append(url.revealed())
      return state.canOpen
    }
  }
}

private struct ScriptedCallbacks: CallbackListener {
  var world: FakeWorld

  func callback(
    path: String, timeout: Duration, accepts: @escaping @Sendable ([String: String]) -> Bool,
    start: (_ port: Int) async throws(AuthError) -> Void
  ) async throws(AuthError) -> [String: String] {
    try await start(43210)
    let callback = world.state.withLock { $0.callback }
    let query = callback?(world.opened.last ?? "") ?? [:]
    guard accepts(query) else { throw AuthError(.loginRequired, "the browser did not come back") }
    return query
  }
}

private struct ScriptedKeyring: Keyring {
  var world: FakeWorld
  var name: String { "scripted" }

  func read(_ key: String) async throws(AuthError) -> Secret? {
    world.state.withLock { $0.entries[key] }
  }

  func write(_ value: Secret, _ key: String) async throws(AuthError) {
    world.state.withLock { $0.entries[key] = value }
  }

  func remove(_ key: String) async throws(AuthError) -> Bool {
    world.state.withLock { $0.entries.removeValue(forKey: key) != nil }
  }

  func keys() async throws(AuthError) -> [String]? {
    world.state.withLock { $0.entries.keys.sorted() }
  }
}
