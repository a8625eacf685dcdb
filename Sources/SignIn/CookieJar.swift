internal import Core

/// The cookies of one login (RFC 6265), which end with it.
struct CookieJar {
  private struct Cookie {
    var name: String
    var value: String
    var domain: String
    var isHostOnly: Bool
    var path: String
    var isSecure: Bool
  }

  private var cookies: [Cookie] = []

  /// Adds a cookie of our own for a host.
  mutating func add(_ name: String, _ value: String, host: String) {
    put(
      Cookie(
        name: name, value: value, domain: host, isHostOnly: true, path: "/", isSecure: false))
  }

  /// Takes what a page sets.
  mutating func take(_ header: String, from place: Location) {
    let parts = header.split(separator: ";", omittingEmptySubsequences: false).map {
      String($0).trimmed
    }
    guard let pair = parts.first, let equals = pair.firstIndex(of: "="), equals > pair.startIndex
    else { return }
    var cookie = Cookie(
      name: String(pair[..<equals]).trimmed,
      value: String(pair[pair.index(after: equals)...]).trimmed,
      domain: place.host, isHostOnly: true, path: Self.defaultPath(place.path), isSecure: false)
    var isOver = false
    for part in parts.dropFirst() {
      let words = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let value = words.count > 1 ? String(words[1]).trimmed : ""
      switch words[0].lowercased() {
      case "domain":
        var domain = value.lowercased()
        if domain.hasPrefix(".") { domain.removeFirst() }
        if domain.isEmpty { continue }
        // Nobody sets cookies of others, or of a whole top-level domain.
        guard Self.isIn(place.host, domain), domain.contains(".") || domain == place.host else {
          return
        }
        (cookie.domain, cookie.isHostOnly) = (domain, false)
      case "path": if value.hasPrefix("/") { cookie.path = value }
      case "secure": cookie.isSecure = true
      case "max-age": if let seconds = Int(value), seconds <= 0 { isOver = true }
      case "expires": if value.contains("1970") { isOver = true }
      default: continue
      }
    }
    if cookie.isSecure, place.scheme != "https" { return }
    put(cookie, isOver: isOver)
  }

  /// What is sent with a request; `nil` for nothing.
  func header(for place: Location) -> String? {
    let found = cookies.filter { cookie in
      (cookie.isHostOnly ? place.host == cookie.domain : Self.isIn(place.host, cookie.domain))
        && Self.isBelow(place.path, cookie.path) && (!cookie.isSecure || place.scheme == "https")
    }
    // Longer paths come first (section 5.4).
    let sorted = found.sorted { $0.path.utf8.count > $1.path.utf8.count }
    return sorted.isEmpty
      ? nil : sorted.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")
  }

  /// The value of a cookie, whichever page set it.
  func value(_ name: String) -> String? { cookies.last { $0.name == name }?.value }

  private mutating func put(_ cookie: Cookie, isOver: Bool = false) {
    cookies.removeAll {
      $0.name == cookie.name && $0.domain == cookie.domain && $0.path == cookie.path
    }
    if !isOver, cookies.count < 300 { cookies.append(cookie) }
  }

  private static func isIn(_ host: String, _ domain: String) -> Bool {
    host == domain || host.hasSuffix(".\(domain)")
  }

  private static func isBelow(_ path: String, _ prefix: String) -> Bool {
    path == prefix || path.hasPrefix(prefix.hasSuffix("/") ? prefix : prefix + "/")
  }

  private static func defaultPath(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
  }
}
