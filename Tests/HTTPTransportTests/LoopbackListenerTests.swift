import Core
import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import HTTPTransport

@Suite struct LoopbackListenerTests {
  private static let good = "/oauth/callback?code=abc%2Bd&state=s1"

  /// Waits for `state=s1`, lets `visit` play the browser meanwhile.
  private func run(
    timeout: Duration = .seconds(30), limits: LoopbackLimits = LoopbackLimits(),
    _ visit: @escaping @Sendable (_ port: Int) -> Void
  ) async throws(AuthError) -> [String: String] {
    try await LoopbackListener(limits: limits).callback(
      path: "/oauth/callback", timeout: timeout, accepts: { $0["state"] == "s1" },
      start: { (port) async throws(AuthError) in
        Thread.detachNewThread { visit(port) }
      })
  }

  @Test func `the answer of a login is taken and the browser told`() async throws {
    let answer = Mutex("")
    let fields = try await run { port in
      let text = RawClient.get(Self.good, port: port)
      answer.withLock { $0 = text }
    }
    #expect(fields == ["code": "abc+d", "state": "s1"])
    // The server answers before it reports, and the client thread reads what the kernel holds.
    try await eventually { answer.withLock { !$0.isEmpty } }
    let text = answer.withLock { $0 }
    #expect(text.hasPrefix("HTTP/1.1 200 OK\r\n"))
    for header in [
      "Connection: close", "Cache-Control: no-store", "Referrer-Policy: no-referrer",
      "X-Frame-Options: DENY", "Content-Security-Policy: default-src 'none'",
    ] { #expect(text.contains("\r\n\(header)")) }
    #expect(text.contains("You are signed in"))
    #expect(!text.contains("abc"))
    #expect(!text.contains("s1"))
  }

  @Test func `an error is an answer, shown as text`() async throws {
    let answer = Mutex("")
    let fields = try await run { port in
      let text = RawClient.get(
        "/oauth/callback?error=access_denied&error_description=%3Cscript%3E+%1b%5b31m+%26&state=s1",
        port: port)
      answer.withLock { $0 = text }
    }
    #expect(fields["error"] == "access_denied")
    try await eventually { answer.withLock { !$0.isEmpty } }
    let text = answer.withLock { $0 }
    #expect(text.contains("The login failed"))
    #expect(text.contains("&lt;script&gt; [31m &amp;."))
    #expect(!text.contains("<script>"))
    #expect(!text.contains("\u{1B}"))
  }

  @Test(arguments: [
    ("GET", "/favicon.ico", 404), ("GET", "/", 404), ("GET", "/oauth/callback/?state=s1", 404),
    ("GET", "//oauth/callback?state=s1", 404), ("GET", "/oauth/%63allback?state=s1", 404),
    ("HEAD", good, 405), ("POST", good, 405), ("OPTIONS", good, 405), ("PUT", good, 405),
    ("GET", "/oauth/callback", 400), ("GET", "/oauth/callback?code=x&state=other", 400),
    ("GET", "/oauth/callback?state=s1&state=s2", 400),
    ("GET", "/oauth/callback?state=%ff", 400), ("GET", "/oauth/callback?state=%zz", 400),
    ("GET", "http://127.0.0.1/oauth/callback?code=x&state=s1", 404),
  ])
  func `trap 108: whatever else arrives is answered and changes nothing`(
    method: String, target: String, status: Int
  ) async throws {
    let answer = Mutex("")
    let fields = try await run { port in
      let text = RawClient.get(target, port: port, method: method)
      answer.withLock { $0 = text }
      _ = RawClient.get(Self.good, port: port)
    }
    #expect(fields["code"] == "abc+d")
    let text = answer.withLock { $0 }
    #expect(text.hasPrefix("HTTP/1.1 \(status) "))
    if method == "HEAD" { #expect(text.hasSuffix("\r\n\r\n")) }
  }

  @Test(arguments: ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:0"])
  func `a page that lets its name resolve to this machine gets nothing`(host: String) async throws {
    let answer = Mutex("")
    _ = try await run { port in
      let text = RawClient.get(Self.good, port: port, host: host)
      answer.withLock { $0 = text }
      _ = RawClient.get(Self.good, port: port, host: "LOCALHOST:\(port)")
    }
    #expect(answer.withLock { $0 }.hasPrefix("HTTP/1.1 421 "))
  }

  @Test(arguments: ["Purpose: prefetch", "Sec-Purpose: prefetch;prerender", "X-Moz: prefetch"])
  func `trap 108: a browser that looks ahead is not the person`(header: String) async throws {
    let answer = Mutex("")
    _ = try await run { port in
      let text = RawClient.get(Self.good, port: port, headers: [header])
      answer.withLock { $0 = text }
      _ = RawClient.get(Self.good, port: port)
    }
    #expect(answer.withLock { $0 }.hasPrefix("HTTP/1.1 503 "))
  }

  @Test func `of two answers the first one counts`() async throws {
    let server = OneAnswerServer<String>(limits: LoopbackLimits()) { request, _ in
      LoopbackReply(status: 200, page: "", value: request.query)
    }
    let port = try await server.start()
    let first = RawClient.get("/?1", port: port)
    let second = RawClient.get("/?2", port: port)
    #expect(first.hasPrefix("HTTP/1.1 200 "))
    #expect(second.hasPrefix("HTTP/1.1 409 "))
    #expect(await server.value(within: .seconds(10)) == "1")
    await server.close()
    #expect(RawClient(port: port) == nil)
  }

  @Test func `what no browser sends is refused`() async throws {
    let answers = Mutex<[String]>([])
    _ = try await run { port in
      for text in [
        "\u{16}\u{3}\u{1}hello\r\n\r\n", "GET /\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: 127.0.0.1:\(port)\r\n\r\n",
        "GET /" + String(repeating: "x", count: 40000) + " HTTP/1.1\r\n\r\n",
      ] {
        let client = RawClient(port: port)
        client?.send(text)
        let answer = client?.rest() ?? "none"
        answers.withLock { $0.append(String(answer.prefix(12))) }
      }
      _ = RawClient.get(Self.good, port: port)
    }
    let first = answers.withLock { $0 }
    #expect(first.count == 5)
    #expect(first[0] == "HTTP/1.1 400")
    #expect(first[2...3].allSatisfy { $0 == "HTTP/1.1 421" })
    #expect(first[4].isEmpty || first[4] == "HTTP/1.1 431")
  }

  @Test func `who sends too slowly is cut off, and holds nobody up`() async throws {
    let answer = Mutex<String?>(nil)
    _ = try await run(limits: LoopbackLimits(connectionTime: .milliseconds(100))) { port in
      let slow = RawClient(port: port)
      slow?.send("GET /oauth/callback?code=1&sta")
      let text = slow?.rest()
      answer.withLock { $0 = text }
      _ = RawClient.get(Self.good, port: port)
    }
    #expect(answer.withLock { $0 } == "")
  }

  @Test(arguments: [(0, ""), (1, "HTTP/1.1 200")])
  func `more connections than a browser makes are closed`(limit: Int, start: String) async throws {
    let server = OneAnswerServer<Bool>(limits: LoopbackLimits(connections: limit)) { _, _ in
      LoopbackReply(status: 200, page: "")
    }
    let port = try await server.start()
    #expect(RawClient.get("/", port: port).prefix(12) == start)
    await server.close()
  }

  @Test func `nobody comes`() async throws {
    let bound = Mutex(0)
    let error = try await #require(throws: AuthError.self) {
      _ = try await run(timeout: .milliseconds(20)) { port in bound.withLock { $0 = port } }
    }
    #expect(error.code == .loginRequired)
    #expect(error.hints.contains { $0.contains("--no-browser") })
    try await eventually { bound.withLock { $0 != 0 } }
    #expect(RawClient(port: bound.withLock { $0 }) == nil)
  }

  @Test func `stopping closes the port`() async throws {
    let (ports, port) = AsyncStream.makeStream(of: Int.self)
    let task = Task {
      try await run(timeout: .seconds(600)) { port.yield($0) }
    }
    var iterator = ports.makeAsyncIterator()
    let number = try #require(await iterator.next())
    #expect(RawClient(port: number) != nil)
    task.cancel()
    let result = await task.result
    #expect(throws: AuthError.self) { try result.get() }
    #expect(RawClient(port: number) == nil)
  }

  @Test func `what the start throws is passed on, and the port is closed`() async throws {
    let bound = Mutex(0)
    let error = try await #require(throws: AuthError.self) {
      _ = try await LoopbackListener().callback(
        path: "/", timeout: .seconds(600), accepts: { _ in true },
        start: { (port) async throws(AuthError) in
          bound.withLock { $0 = port }
          throw AuthError(.unavailable, "no browser")
        })
    }
    #expect(error.message == "no browser")
    #expect(RawClient(port: bound.withLock { $0 }) == nil)
  }
}
