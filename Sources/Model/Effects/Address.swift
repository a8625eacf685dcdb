/// The parts of an absolute `http` or `https` address that signing and endpoints need.
public struct Address: Equatable, Sendable {
  /// `http` or `https`.
  public var scheme: String
  /// The host, an IPv6 address in its brackets; lower case.
  public var host: String
  /// The port, when it is written and not the scheme's own.
  public var port: Int?
  /// The path as written, with its slash; empty when there is none.
  public var path: String
  /// The query as written, without its question mark; `nil` when there is none.
  public var query: String?

  /// Takes an address apart; `nil` when it is not absolute, has a user or a fragment, or holds
  /// characters that do not belong in one.
  public init?(_ text: String) {
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("#"),
      let colon = text.firstRange(of: "://")
    else { return nil }
    scheme = text[..<colon.lowerBound].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }

    let rest = text[colon.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard !authority.contains("@") else { return nil }
    let afterHost: Substring
    if authority.hasPrefix("[") {
      guard let bracket = authority.firstIndex(of: "]") else { return nil }
      host = authority[...bracket].lowercased()
      afterHost = authority[authority.index(after: bracket)...]
    } else {
      host = authority.prefix { $0 != ":" }.lowercased()
      afterHost = authority.dropFirst(host.count)
    }
    guard !host.isEmpty, host != "[]" else { return nil }
    if !afterHost.isEmpty {
      guard afterHost.hasPrefix(":"), let number = Int(afterHost.dropFirst()),
        (1...65535).contains(number)
      else { return nil }
      port = number == (scheme == "https" ? 443 : 80) ? nil : number
    }

    let target = rest.dropFirst(authority.count)
    path = String(target.prefix { $0 != "?" })
    query = target.firstIndex(of: "?").map { String(target[target.index(after: $0)...]) }
  }

  /// What the `Host` header says: a port only when it is not the scheme's own.
  public var hostHeader: String { port.map { "\(host):\($0)" } ?? host }

  /// The address without path and query.
  public var origin: String { "\(scheme)://\(hostHeader)" }
}
