import Core
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import HTTPTransport

@Suite struct LoopbackRedirectTests {
  private static let secret = Secret("https://signin.example.com/federation?SigninToken=t0p")

  private func redirect(isOtherUser: @escaping @Sendable (Int, Int) -> Bool = { _, _ in false })
    -> LoopbackRedirect
  {
    LoopbackRedirect(
      randomBytes: { Array(repeating: 0xAB, count: $0) }, isOtherUser: isOtherUser)
  }

  /// The port and path of the address that a browser is given.
  private static func parts(_ address: Secret) throws -> (port: Int, path: String) {
    let url = try #require(URL(string: address.revealed()))
    #expect(url.scheme == "http" && url.host() == "127.0.0.1")
    return (try #require(url.port), url.path())
  }

  @Test func `the browser is sent on, and its arguments tell nothing`() async throws {
    let answer = Mutex("")
    let isSent = try await redirect().open(Self.secret, within: .seconds(30)) { address in
      #expect(!address.revealed().contains("t0p"))
      guard let (port, path) = try? Self.parts(address) else { return false }
      #expect(path == "/" + String(repeating: "ab", count: 16))
      Thread.detachNewThread {
        _ = RawClient.get("/favicon.ico", port: port)
        _ = RawClient.get(path, port: port, headers: ["Sec-Purpose: prefetch"])
        let text = RawClient.get(path, port: port)
        answer.withLock { $0 = text }
      }
      return true
    }
    #expect(isSent)
    try await eventually { answer.withLock { !$0.isEmpty } }
    let text = answer.withLock { $0 }
    #expect(text.hasPrefix("HTTP/1.1 302 "))
    #expect(text.contains("\r\nLocation: \(Self.secret.revealed())\r\n"))
    #expect(text.contains("\r\nReferrer-Policy: no-referrer\r\n"))
    #expect(text.contains("\r\nCache-Control: no-store\r\n"))
    #expect(text.components(separatedBy: "t0p").count == 2)
  }

  @Test func `another user of the machine is not`() async throws {
    let answer = Mutex("")
    let isSent = try await redirect(isOtherUser: { _, _ in true })
      .open(Self.secret, within: .milliseconds(200)) { address in
        guard let (port, path) = try? Self.parts(address) else { return false }
        let text = RawClient.get(path, port: port)
        answer.withLock { $0 = text }
        return true
      }
    #expect(!isSent)
    #expect(answer.withLock { $0 }.hasPrefix("HTTP/1.1 403 "))
    #expect(!answer.withLock { $0 }.contains("t0p"))
  }

  @Test func `a browser that does not start or does not come`() async throws {
    #expect(try await !redirect().open(Self.secret, within: .seconds(600)) { _ in false })
    #expect(try await !redirect().open(Self.secret, within: .milliseconds(5)) { _ in true })
  }

  @Test func `the owner of a connection, as the kernel lists it`() {
    let list = """
        sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
         0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
         1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 2
         2: 0100007F:C350 0100007F:1F91 01 00000000:00000000 00:00000000 00000000  1002        0 3
      """
    #expect(PeerOwner.user(of: 50000, at: 8080, in: list) == 1001)
    #expect(PeerOwner.user(of: 50000, at: 8081, in: list) == 1002)
    #expect(PeerOwner.user(of: 50001, at: 8080, in: list) == nil)
    let six = """
        sl  local_address                         remote_address                        st ...
         0: 0000000000000000FFFF00000100007F:C350 0000000000000000FFFF00000100007F:1F90 01 0:0 0:0 0 77 0 9
      """
    #expect(PeerOwner.user(of: 50000, at: 8080, in: six) == 77)
  }

  @Test func `a connection of one's own is not another user's`() async throws {
    let server = OneAnswerServer<Bool>(limits: LoopbackLimits()) { _, peer in
      LoopbackReply(status: 200, page: "", value: peer != nil)
    }
    let port = try await server.start()
    let client = try #require(RawClient(port: port))
    // The client's end is in the kernel's list with our own user.
    #if os(Linux)
    let list = String(
      decoding: try #require(try FileSystem.readFile("/proc/net/tcp")), as: UTF8.self)
    #expect(list.contains(":" + String(port, radix: 16, uppercase: true)))
    #endif
    client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    #expect(client.rest().hasPrefix("HTTP/1.1 200 "))
    await server.close()
  }
}
