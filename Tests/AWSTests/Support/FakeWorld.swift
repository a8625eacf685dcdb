import Core
import Model
import Synchronization
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
  }

  let state = Mutex(State())
  let hasTerminal: Bool

  init(hasTerminal: Bool = false) {
    self.hasTerminal = hasTerminal
  }

  var effects: Effects {
    Effects(
      now: { self.state.withLock { $0.now } },
      sleep: { duration in self.state.withLock { $0.sleeps.append(duration) } },
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
      keyring: ScriptedKeyring(world: self),
      notice: { line in self.state.withLock { $0.notices.append(line) } })
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
    let answer = world.state.withLock { state in
      state.requests.append(request)
      return state.answers.isEmpty ? nil : state.answers.removeFirst()
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
