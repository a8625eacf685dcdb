import CLibrary
import Core
import Foundation
import TestSupport
import Testing

@testable import Audit

/// Copies of the head, at real sockets.
@Suite struct SystemLogTests {
  /// A socket that takes datagrams, in a short place: its path has a limit of 108 bytes.
  private final class Receiver {
    let path: String
    private let descriptor: Int32

    init() throws {
      path = "/tmp/aa-\(UUID().uuidString.prefix(8))"
      #if os(Linux)
      descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
      #else
      descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
      #endif
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { buffer in
        buffer.copyBytes(from: path.utf8)
      }
      let status = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      try #require(status == 0)
    }

    deinit {
      close(descriptor)
      unlink(path)
    }

    /// What has arrived; `nil` for nothing.
    func take() -> String? {
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
      return count < 0 ? nil : String(decoding: bytes[..<count], as: UTF8.self)
    }
  }

  private let head = AuditHead(log: 0xab, sequence: 7, code: String(repeating: "c", count: 64))

  @Test func `journald gets fields, and syslog nothing then`() throws {
    let (journal, syslog) = (try Receiver(), try Receiver())
    SystemLog(journal: journal.path, syslog: syslog.path)
      .copy(head, about: "way=exec identity=dev\nPRIORITY=0", process: 4711)
    let lines = try #require(journal.take()).split(separator: "\n")
    #expect(lines.contains("SYSLOG_IDENTIFIER=atmos-auth"))
    #expect(lines.contains("ATMOS_AUTH_LOG=00000000000000ab"))
    #expect(lines.contains("ATMOS_AUTH_SEQUENCE=7"))
    #expect(lines[0].hasPrefix("MESSAGE=audit \(head.text) way=exec"))
    #expect(lines.filter { $0.hasPrefix("PRIORITY=") } == ["PRIORITY=6"])
    #expect(syslog.take() == nil)
    let words = lines[0].split(separator: " ").dropFirst().prefix(3).joined(separator: " ")
    #expect(AuditHead(text: words) == head)
  }

  @Test func `syslog gets a line where there is no journald`() throws {
    let syslog = try Receiver()
    SystemLog(journal: "/nowhere/socket", syslog: syslog.path)
      .copy(head, about: "way=exec", process: 4711)
    #expect(syslog.take() == "<86>atmos-auth[4711]: audit \(head.text) way=exec")
  }

  @Test func `where there is neither nothing is said`() {
    SystemLog(journal: "/nowhere/a", syslog: "/nowhere/b")
      .copy(head, about: "way=exec", process: 4711)
  }
}
