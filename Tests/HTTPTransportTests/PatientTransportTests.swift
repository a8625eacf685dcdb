import Model
import Synchronization
import Testing

@testable import HTTPTransport

@Suite struct PatientTransportTests {
  /// What a person was shown, in order; `nil` where a line was removed.
  private final class Shown: Sendable {
    let lines = Mutex<[String?]>([])
    let first = AsyncStream.makeStream(of: Void.self)

    func show(_ line: String?) {
      lines.withLock { $0.append(line) }
      first.continuation.yield()
    }
  }

  /// Answers at once, or once something was shown.
  private struct Service: Transport {
    var waitsFor: Shown?

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPResponse {
      if let waitsFor { for await _ in waitsFor.first.stream { break } }
      return HTTPResponse(status: 200)
    }
  }

  private static let request = HTTPRequest(
    method: "GET", url: "https://user:word@sts.example.com:8443/path-secret?query-secret")

  @Test func `whoever waits sees for whom, and no more of the address`() async throws {
    let shown = Shown()
    let transport = PatientTransport(
      Service(waitsFor: shown), sleep: { _ in }, progress: { shown.show($0) })
    #expect(try await transport.send(Self.request).status == 200)
    #expect(shown.lines.withLock { $0 } == ["waiting for sts.example.com:8443…", nil])
  }

  @Test func `an answer in time is not remarked on`() async throws {
    let shown = Shown()
    let transport = PatientTransport(
      Service(), sleep: { try await Task.sleep(for: $0 * 3600) }, progress: { shown.show($0) })
    #expect(try await transport.send(Self.request).status == 200)
    #expect(shown.lines.withLock { $0 }.isEmpty)
  }
}
