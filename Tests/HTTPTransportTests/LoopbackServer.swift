import CLibrary
import Foundation
import Synchronization

/// A server on 127.0.0.1 that answers every connection with what `respond` makes of the request's
/// bytes, and then closes it; `nil` keeps it open without an answer.
final class LoopbackServer: Sendable {
  let port: Int
  private let descriptor: Int32
  private let log = Log()

  /// The requests as they came in.
  var requests: [String] { log.requests.withLock { $0 } }

  private final class Log: Sendable {
    let requests = Mutex<[String]>([])
  }

  init(_ respond: @escaping @Sendable (_ request: String) -> String?) throws {
    #if canImport(Darwin)
    let kind = SOCK_STREAM
    #else
    let kind = Int32(SOCK_STREAM.rawValue)
    #endif
    let listening = socket(AF_INET, kind, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic -> Int32 in
        var length = size
        guard bind(listening, generic, size) == 0, listen(listening, 16) == 0 else { return -1 }
        return getsockname(listening, generic, &length)
      }
    }
    guard status == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
    port = Int(UInt16(bigEndian: address.sin_port))
    descriptor = listening

    let log = log
    Thread.detachNewThread {
      while true {
        let connection = accept(listening, nil, nil)
        guard connection >= 0 else { break }
        Thread.detachNewThread {
          let request = Self.read(connection)
          log.requests.withLock { $0.append(request) }
          if let answer = respond(request) {
            let bytes = Array(answer.utf8)
            _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
            close(connection)
          }
        }
      }
      // Here and not where the server ends: a number that is free before this thread has seen the
      // end may be the next server's, whose connections it would take.
      close(listening)
    }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
  }

  /// Reads a head and as much body as it announces.
  private static func read(_ connection: Int32) -> String {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let text = String(decoding: bytes, as: UTF8.self)
      if let end = text.range(of: "\r\n\r\n") {
        let length = text.lowercased().range(of: "content-length: ").flatMap { found in
          Int(text[found.upperBound...].prefix { $0.isNumber })
        }
        if text[end.upperBound...].utf8.count >= length ?? 0 { return text }
      }
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return text }
      bytes += buffer[..<count]
      // The first byte of a TLS handshake: there will be no head to wait for.
      if bytes[0] == 0x16 { return "" }
    }
  }
}

extension String {
  /// An answer with a body and further header lines.
  static func answer(_ status: String, _ body: String = "", headers: [String] = []) -> String {
    let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + headers
    return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
  }
}
