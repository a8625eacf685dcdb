import Core
import Foundation
import Model
import TestSupport
import Testing

@testable import HTTPTransport

@Suite struct AsyncHTTPTransportTests {
  private func send(
    _ request: HTTPRequest, environment: [String: String] = [:]
  ) async throws(TransportFailure) -> HTTPResponse {
    let transport = AsyncHTTPTransport(environment: environment)
    do throws(TransportFailure) {
      let response = try await transport.send(request)
      await transport.shutdown()
      return response
    } catch {
      await transport.shutdown()
      throw error
    }
  }

  private func failure(
    _ request: HTTPRequest, environment: [String: String] = [:]
  ) async throws -> TransportFailure {
    try await #require(throws: TransportFailure.self) {
      _ = try await send(request, environment: environment)
    }
  }

  @Test func `a request goes out as it stands`() async throws {
    let server = try LoopbackServer { _ in .answer("200 OK", "hello", headers: ["X-A: 1"]) }
    let response = try await send(
      HTTPRequest(
        method: "POST", url: "http://127.0.0.1:\(server.port)/a%2Fb?x=%20",
        headers: [
          (name: "Content-Type", value: "application/x-www-form-urlencoded; charset=utf-8"),
          (name: "Host", value: "sts.example.com"), (name: "X-Amz-Date", value: "20250115T120000Z"),
        ], body: Secret("Action=X")))
    #expect(response.status == 200)
    #expect(response.body == Array("hello".utf8))
    #expect(response.header("x-a") == "1")
    #expect(
      server.requests == [
        [
          "POST /a%2Fb?x=%20 HTTP/1.1",
          "Content-Type: application/x-www-form-urlencoded; charset=utf-8",
          "Host: sts.example.com", "X-Amz-Date: 20250115T120000Z",
          "User-Agent: atmos-auth/\(Version.current)", "Content-Length: 8", "",
          "Action=X",
        ].joined(separator: "\r\n")
      ])
  }

  @Test func `a request's own User-Agent stays`() async throws {
    let server = try LoopbackServer { _ in .answer("200 OK") }
    _ = try await send(
      HTTPRequest(
        method: "GET", url: "http://127.0.0.1:\(server.port)/",
        headers: [(name: "user-agent", value: "somebody/1")]))
    let lines = try #require(server.requests.first).split(separator: "\r\n")
    #expect(lines.filter { $0.lowercased().hasPrefix("user-agent") } == ["user-agent: somebody/1"])
  }

  @Test func `a redirect is an answer`() async throws {
    let server = try LoopbackServer { _ in
      .answer("302 Found", headers: ["Location: http://127.0.0.1:1/"])
    }
    let response = try await send(
      HTTPRequest(method: "GET", url: "http://127.0.0.1:\(server.port)/"))
    #expect(response.status == 302)
    #expect(server.requests.count == 1)
  }

  @Test func `an answer that is too large is refused`() async throws {
    let server = try LoopbackServer { _ in
      .answer("200 OK", String(repeating: "x", count: (4 << 20) + 1))
    }
    let failure = try await failure(
      HTTPRequest(method: "GET", url: "http://127.0.0.1:\(server.port)/"))
    #expect(failure.reason == .misconfigured)
    #expect(failure.description.contains("4 MiB"))
  }

  @Test func `nobody listens: nothing was sent`() async throws {
    let port = try LoopbackServer { _ in nil }.port
    let failure = try await failure(
      HTTPRequest(method: "GET", url: "http://127.0.0.1:\(port)/"))
    #expect(failure.reason == .notSent)
    #expect(failure.description == "127.0.0.1:\(port) cannot be reached: connection refused")
  }

  @Test func `an unknown name: nothing was sent`() async throws {
    let failure = try await failure(
      HTTPRequest(method: "GET", url: "http://no-such-host.invalid/"))
    #expect(failure.reason == .notSent)
    #expect(failure.description == "the host name of no-such-host.invalid:80 is not known")
  }

  @Test func `a connection that breaks may have carried the request`() async throws {
    let server = try LoopbackServer { _ in "" }
    let failure = try await failure(
      HTTPRequest(method: "POST", url: "http://127.0.0.1:\(server.port)/", body: Secret("x")))
    #expect(failure.reason == .maybeSent)
    #expect(!failure.isTimeout)
  }

  @Test func `half an answer is none`() async throws {
    let server = try LoopbackServer { _ in "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf" }
    let failure = try await failure(
      HTTPRequest(method: "GET", url: "http://127.0.0.1:\(server.port)/"))
    #expect(failure.reason == .maybeSent)
  }

  @Test func `a silent server: time runs out`() async throws {
    let server = try LoopbackServer { _ in nil }
    let failure = try await failure(
      HTTPRequest(
        method: "GET", url: "http://127.0.0.1:\(server.port)/", timeout: .milliseconds(200)))
    #expect(failure.reason == .maybeSent)
    #expect(failure.isTimeout)
  }

  /// A metadata service that is not there swallows what is sent to it; the end of the process waits
  /// for attempts to connect, so they may not have the ten seconds that other hosts get.
  @Test func `a short request leaves nothing behind that a shutdown waits for`() {
    func limit(_ timeout: Duration?) -> Duration {
      AsyncHTTPTransport.connectLimit(
        of: HTTPRequest(method: "GET", url: "http://192.0.2.1/", timeout: timeout))
    }
    #expect(limit(.milliseconds(300)) == .milliseconds(300))
    #expect(limit(.seconds(60)) == .seconds(10))
    #expect(limit(nil) == .seconds(10))
  }

  @Test func `a cancelled task stops waiting`() async throws {
    let server = try LoopbackServer { _ in nil }
    let request = HTTPRequest(method: "GET", url: "http://127.0.0.1:\(server.port)/")
    let task = Task { try await failure(request) }
    try await eventually { !server.requests.isEmpty }
    task.cancel()
    #expect(try await task.value.reason == .cancelled)
  }

  @Test(arguments: ["ftp://a/", "not an address", "https://", "/x"])
  func `what is no address is not sent`(url: String) async throws {
    #expect(try await failure(HTTPRequest(method: "GET", url: url)).reason == .misconfigured)
  }

  @Test func `a proxy is asked to connect, with its password`() async throws {
    let proxy = try LoopbackServer { _ in .answer("403 Forbidden") }
    let failure = try await failure(
      HTTPRequest(method: "GET", url: "https://sts.example.com/"),
      environment: ["HTTPS_PROXY": "http://jane:s3cret@127.0.0.1:\(proxy.port)"])
    let request = try #require(proxy.requests.first)
    #expect(request.hasPrefix("CONNECT sts.example.com:443 HTTP/1.1\r\n"))
    #expect(request.contains("Basic \(Data("jane:s3cret".utf8).base64EncodedString())"))
    #expect(failure.reason == .notSent)
    #expect(
      failure.description
        == "proxy 127.0.0.1:\(proxy.port) refused a connection to sts.example.com:443")
  }

  @Test func `a proxy that wants a password`() async throws {
    let proxy = try LoopbackServer { _ in .answer("407 Proxy Authentication Required") }
    let failure = try await failure(
      HTTPRequest(method: "GET", url: "https://sts.example.com/"),
      environment: ["HTTPS_PROXY": "127.0.0.1:\(proxy.port)"])
    #expect(failure.reason == .misconfigured)
    #expect(failure.description.contains("user and password"))
  }

  @Test(arguments: ["AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
  func `a certificate file that is not there is named`(variable: String) async throws {
    let failure = try await failure(
      HTTPRequest(method: "GET", url: "https://127.0.0.1:1/"),
      environment: [variable: "/nowhere/ca.pem"])
    #expect(failure.reason == .misconfigured)
    #expect(
      failure.description == "\(variable) names `/nowhere/ca.pem`, which does not exist")
  }

  @Test func `what speaks no TLS is not sent anything`() async throws {
    let server = try LoopbackServer { _ in .answer("400 Bad Request") }
    let failure = try await failure(
      HTTPRequest(
        method: "GET", url: "https://127.0.0.1:\(server.port)/", timeout: .seconds(5)))
    #expect(failure.reason == .notSent)
  }

  @Test func `after a shutdown nothing is sent`() async throws {
    let transport = AsyncHTTPTransport(environment: [:])
    await transport.shutdown()
    let failure = try await #require(throws: TransportFailure.self) {
      _ = try await transport.send(HTTPRequest(method: "GET", url: "http://127.0.0.1:1/"))
    }
    #expect(failure.reason == .cancelled)
  }
}
