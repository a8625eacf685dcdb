import Core
import Logging
import Model
import Synchronization
import Testing

@testable import HTTPTransport

@Suite struct LoggedTransportTests {
  /// A log that keeps what it was given.
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])

    func logger(_ level: Logger.Level) -> Logger {
      var logger = Logger(label: "", factory: { _ in Handler(lines: self) })
      logger.logLevel = level
      return logger
    }
  }

  private struct Handler: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {
      let facts = (event.metadata ?? [:]).sorted { $0.key < $1.key }
      lines.all.withLock {
        $0.append(
          ([event.message.description] + facts.map { "\($0.key)=\($0.value)" }).joined(
            separator: " "))
      }
    }
  }

  /// A clock that goes on by 40 ms whenever it is looked at.
  private final class StepClock: Clock {
    let looks = Mutex(0)
    var now: ContinuousClock.Instant {
      looks.withLock { looks in
        looks += 1
        return Self.start.advanced(by: .milliseconds(40 * looks))
      }
    }
    var minimumResolution: Duration { .milliseconds(1) }
    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {}
    static let start = ContinuousClock.now
  }

  private struct Answering: Transport {
    var result: Result<HTTPResponse, TransportFailure>
    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
      try result.get()
    }
  }

  private static let request = HTTPRequest(
    method: "GET", url: "https://user:word@sts.example.com:8443/path-secret?query-secret#part",
    headers: [(name: "Authorization", value: "header-secret")], body: Secret("body-secret"),
    operation: "AssumeRole")

  @Test func `what is asked and answered is told, and nothing that was in it`() async throws {
    let lines = Lines()
    let answer = HTTPResponse(
      status: 200, headers: [("x-amzn-RequestId", "c6104cbe"), ("Set-Cookie", "cookie-secret")],
      body: Array("answer-secret".utf8))
    let transport = LoggedTransport(
      Answering(result: .success(answer)), log: lines.logger(.debug), clock: StepClock())
    #expect(try await transport.send(Self.request).status == 200)
    #expect(
      lines.all.withLock { $0 } == [
        "a service answered operation=AssumeRole request=c6104cbe "
          + "service=https://sts.example.com:8443 status=200 took=40 ms"
      ])
  }

  @Test func `a failure is told and thrown`() async throws {
    let lines = Lines()
    let failure = TransportFailure(.notSent, "sts.example.com cannot be reached")
    let transport = LoggedTransport(
      Answering(result: .failure(failure)), log: lines.logger(.trace), clock: StepClock())
    await #expect(throws: TransportFailure.self) { try await transport.send(Self.request) }
    #expect(
      lines.all.withLock { $0 } == [
        "a service did not answer failure=sts.example.com cannot be reached operation=AssumeRole "
          + "service=https://sts.example.com:8443 took=40 ms"
      ])
  }

  @Test func `nobody hears it where nobody asked`() async throws {
    let lines = Lines()
    let clock = StepClock()
    let transport = LoggedTransport(
      Answering(result: .success(HTTPResponse(status: 200))), log: lines.logger(.info), clock: clock
    )
    _ = try await transport.send(Self.request)
    #expect(lines.all.withLock { $0 } == [])
    #expect(clock.looks.withLock { $0 } == 0)
  }
}
