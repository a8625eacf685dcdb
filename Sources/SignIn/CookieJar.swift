internal import Core

/// The cookies of one login (RFC 6265), which end with it at the latest.
struct CookieJar {
  private struct Cookie {
    var name: String
    var value: String
    var domain: String
    var isHostOnly: Bool
    var path: String
    var isSecure: Bool
    /// When it ends; `nil` for one that lasts as long as the login.
    var expiresAt: Instant?

    func isOver(at now: Instant) -> Bool { expiresAt.map { $0 <= now } ?? false }
  }

  private var cookies: [Cookie] = []

  /// Adds a cookie of our own for a host.
  mutating func add(_ name: String, _ value: String, host: String) {
    put(
      Cookie(
        name: name, value: value, domain: host, isHostOnly: true, path: "/", isSecure: false,
        expiresAt: nil))
  }

  /// Takes what a page sets.
  mutating func take(_ header: String, from place: Location, at now: Instant) {
    let parts = header.split(separator: ";", omittingEmptySubsequences: false).map {
      String($0).trimmed
    }
    guard let pair = parts.first, let equals = pair.firstIndex(of: "="), equals > pair.startIndex
    else { return }
    var cookie = Cookie(
      name: String(pair[..<equals]).trimmed,
      value: String(pair[pair.index(after: equals)...]).trimmed,
      domain: place.host, isHostOnly: true, path: Self.defaultPath(place.path), isSecure: false,
      expiresAt: nil)
    var maximumAge: Int64?
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
      case "max-age": if let seconds = Self.age(value) { maximumAge = seconds }
      case "expires": if let date = UTCDate.ofCookie(value) { cookie.expiresAt = date }
      default: continue
      }
    }
    if cookie.isSecure, place.scheme != "https" { return }
    // `Max-Age` counts wherever it stands (section 5.3).
    if let maximumAge { cookie.expiresAt = now.advanced(bySeconds: maximumAge) }
    put(cookie, isOver: cookie.isOver(at: now))
  }

  /// What is sent with a request; `nil` for nothing.
  func header(for place: Location, at now: Instant) -> String? {
    let found = cookies.filter { cookie in
      !cookie.isOver(at: now)
        && (cookie.isHostOnly ? place.host == cookie.domain : Self.isIn(place.host, cookie.domain))
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

  /// Reads `Max-Age` (section 5.2.2); `nil` for what is not a number.
  private static func age(_ text: String) -> Int64? {
    let digits = text.utf8.first == UInt8(ascii: "-") ? text.utf8.dropFirst() : text.utf8[...]
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    if text.hasPrefix("-") { return 0 }
    // One that is too long to be a number is as good as a century.
    return min(Int64(text) ?? longestAge, longestAge)
  }

  private static let longestAge: Int64 = 100 * 365 * 86_400

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
