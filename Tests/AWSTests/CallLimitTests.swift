import Core
import Model
import Synchronization
import Testing

@testable import AWS

/// How long a service that hangs keeps a program waiting.
@Suite struct CallLimitTests {
  private func duration(deadline: Int64?, isRepeatable: Bool = true) async -> Int64 {
    let world = FakeWorld()
    world.state.withLock { $0.clockFollowsSleep = true }
    let start = world.state.withLock { $0.now }
    var effects = world.effects
    effects.transport = Silence { request in
      // AsyncHTTPTransport gives up after 30 seconds of silence.
      let limit = min(request.timeout?.components.seconds ?? 120, 30)
      world.state.withLock { $0.now = $0.now.advanced(bySeconds: limit) }
    }
    effects.deadline = deadline.map { start.advanced(bySeconds: $0) }
    let caller = ServiceCaller(effects: effects)
    await #expect(throws: CallFailure.self) {
      _ = try await caller.response(
        isRepeatable: isRepeatable, tries: 20,
        error: { ServiceError($0) },
        request: { _ in HTTPRequest(method: "GET", url: "https://sts.amazonaws.com/") })
    }
    return start.seconds(until: world.state.withLock { $0.now })
  }

  /// A service that answers nothing: each request lasts as long as it may.
  private struct Silence: Transport {
    var wait: @Sendable (HTTPRequest) -> Void

    init(_ wait: @escaping @Sendable (HTTPRequest) -> Void) { self.wait = wait }

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
      wait(request)
      throw TransportFailure(.maybeSent, "no answer")
    }
  }

  @Test func `all tries together take 45 seconds at most`() async {
    #expect(await duration(deadline: nil) == 45)
  }

  @Test func `what waits for the process may leave less`() async {
    #expect(await duration(deadline: 20) == 20)
  }
}
