internal import Core

/// Where a page is, and where its links lead (RFC 3986, section 5.2).
struct Location: Equatable {
  /// `http` or `https`.
  let scheme: String
  /// Host and port, in lower case.
  let authority: String
  /// The path, with a `/` at its beginning.
  let path: String
  /// The query with its `?`; empty if there is none.
  let query: String

  /// Takes an absolute address apart; `nil` for others, and for those with a user's name.
  init?(_ text: String) {
    let text = text.trimmed
    guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), let mark = text.firstRange(of: "://")
    else { return nil }
    let scheme = text[..<mark.lowerBound].lowercased()
    guard scheme == "https" || scheme == "http" else { return nil }
    let rest = text[mark.upperBound...].prefix { $0 != "#" }
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    guard !authority.isEmpty, !authority.contains("@") else { return nil }
    let target = rest.dropFirst(authority.count)
    self.scheme = scheme
    self.authority = authority.lowercased()
    let path = target.prefix { $0 != "?" }
    self.path = path.isEmpty ? "/" : String(path)
    query = String(target.dropFirst(path.count))
  }

  /// The address.
  var url: String { "\(scheme)://\(authority)\(path)\(query)" }

  /// The host without its port.
  var host: String {
    authority.hasPrefix("[")
      ? String(authority.prefix { $0 != "]" }) + "]" : String(authority.prefix { $0 != ":" })
  }

  /// Whether pages of both are one site's.
  func isSameSite(as other: Location) -> Bool {
    scheme == other.scheme && authority == other.authority
  }

  /// The place that a link on this page leads to.
  func resolving(_ link: String) -> Location? {
    let link = String(link.trimmed.prefix { $0 != "#" }).replacing(" ", with: "%20")
    if link.isEmpty { return self }
    if let absolute = Location(link) { return absolute }
    if link.hasPrefix("//") { return Location("\(scheme):\(link)") }
    // Any other scheme is not a page.
    if let colon = link.firstIndex(of: ":"), !link[..<colon].contains(where: { "/?".contains($0) })
    {
      return nil
    }
    if link.hasPrefix("/") { return Location("\(scheme)://\(authority)\(Self.normal(link))") }
    if link.hasPrefix("?") { return Location("\(scheme)://\(authority)\(path)\(link)") }
    let directory = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    return Location("\(scheme)://\(authority)\(Self.normal("\(directory)/\(link)"))")
  }

  /// A path without `.` and `..`.
  private static func normal(_ target: String) -> String {
    let path = target.prefix { $0 != "?" }
    var parts: [Substring] = []
    for part in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      switch part {
      case ".": continue
      case "..": _ = parts.popLast()
      default: parts.append(part)
      }
    }
    return "/" + parts.joined(separator: "/") + target.dropFirst(path.count)
  }
}
