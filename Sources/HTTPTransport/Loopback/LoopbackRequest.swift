import Core
import NIOHTTP1

/// The head of a request to a loopback server.
///
/// Nothing of a body is ever read.
struct LoopbackRequest: Sendable {
  /// `GET`, `HEAD`, ...
  var method: String
  /// The path as it was sent, nothing decoded.
  var path: String
  /// What stood behind the `?`, as it was sent; empty when there was none.
  var query: String
  private var hosts: [String]
  private var purposes: [String]

  init(_ head: HTTPRequestHead) {
    method = head.method.rawValue
    let parts = head.uri.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = parts.first.map(String.init) ?? ""
    query = parts.count == 2 ? String(parts[1]) : ""
    hosts = head.headers["Host"]
    purposes = ["Purpose", "Sec-Purpose", "X-Purpose", "X-Moz"].flatMap { head.headers[$0] }
  }

  /// Whether it was sent to this machine by the name it was told.
  ///
  /// A page on the internet can make a browser connect here under a name of its own that it lets
  /// resolve to 127.0.0.1 (DNS rebinding); the name is then in `Host`.
  func isFor(port: Int) -> Bool {
    hosts.count == 1 && ["127.0.0.1:\(port)", "localhost:\(port)"].contains(hosts[0].lowercased())
  }

  /// Whether the browser is only looking ahead, which it says in a header.
  var isAhead: Bool {
    purposes.contains { purpose in
      let purpose = purpose.lowercased()
      return purpose.contains("prefetch") || purpose.contains("preview")
        || purpose.contains("prerender")
    }
  }

  /// The names and values of the query, decoded; `nil` when a name is there twice or the text is
  /// not valid UTF-8, which no service sends (RFC 6749 §3.1).
  var fields: [String: String]? {
    var fields: [String: String] = [:]
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = Self.decoded(parts[0]),
        let value = Self.decoded(parts.dropFirst().first ?? "")
      else { return nil }
      guard fields.updateValue(value, forKey: name) == nil else { return nil }
    }
    return fields
  }

  // application/x-www-form-urlencoded: `+` is a blank, the rest is percent-encoded UTF-8.
  private static func decoded(_ text: Substring) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.popFirst().flatMap(Hex.value),
          let low = rest.popFirst().flatMap(Hex.value)
        else { return nil }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// What a loopback server answers.
struct LoopbackReply<Value: Sendable>: Sendable {
  /// The status, 200...599.
  var status: Int
  /// Header fields beside those that every answer has.
  var headers: [(name: String, value: String)] = []
  /// The page; HTML.
  var page: String
  /// What the server was waiting for, if this request brought it.
  var value: Value?
}
