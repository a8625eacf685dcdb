public import Core

/// The piece of prompt that says who the shell is and for how long.
///
/// The snippets draw it with builtins of their shells, by the same rules; their tests compare them
/// with this type, which `status`, `whoami` and `list` use.
public struct Segment: Equatable, Sendable {
  /// How a session stands.
  ///
  /// Each looks different, also without colours.
  public enum Look: String, Sendable {
    /// There is time left: `dev 3h12m`.
    case valid
    /// There is little time left: `dev 12m!`.
    case expiring
    /// It is over, and the next use renews it without asking anybody: `dev ~`.
    case renewable
    /// It is over, and a person has to log in: `dev expired`.
    case expired
    /// A person logged out, or never logged in: `dev no session`.
    case ended
    /// Nothing is known of a session: `dev`.
    case unknown
  }

  /// The identity's name.
  public var identity: String
  /// Whether the identity is protected; a `!` stands before its name.
  public var isProtected: Bool
  /// How it is shown.
  public var style: PromptStyle
  /// What is known of its session; `nil` if nothing.
  public var facts: Facts?

  /// Creates a segment.
  public init(identity: String, isProtected: Bool, style: PromptStyle, facts: Facts?) {
    self.identity = identity
    self.isProtected = isProtected
    self.style = style
    self.facts = facts
  }

  /// The state of the session at a moment.
  public func look(at now: Instant) -> Look {
    guard let facts else { return .unknown }
    if facts.state == .ended { return .ended }
    guard let expiresAt = facts.expiresAt else { return .valid }
    let left = now.seconds(until: expiresAt)
    if left > style.warnBefore { return .valid }
    if left > 0 { return .expiring }
    return now < facts.renewableUntil ? .renewable : .expired
  }

  /// The last part: time left, or what is the matter; empty if there is nothing to say.
  public func remainder(at now: Instant) -> String {
    switch look(at: now) {
    case .unknown: return ""
    case .ended: return "no session"
    case .renewable: return "~"
    case .expired: return "expired"
    case .valid, .expiring:
      guard let expiresAt = facts?.expiresAt else { return "" }
      let left = now.seconds(until: expiresAt)
      return Self.duration(left) + (left <= style.warnBefore ? "!" : "")
    }
  }

  /// The moments around `now` for which ``text(at:columns:symbol:)`` stays the same.
  ///
  /// A prompt redraws only outside them. They have a beginning as well, since clocks are set back.
  /// Empty when there is no countdown: the text stays the same as long as the facts do.
  public func span(at now: Instant) -> Range<Int64> {
    guard let facts, facts.state == .valid, let expiry = facts.expiresAt?.secondsSince1970 else {
      return 0..<0
    }
    let left = expiry - now.secondsSince1970
    guard left > 0 else {
      let renewable = min(facts.renewableUntil.secondsSince1970, Self.always)
      return look(at: now) == .renewable
        ? expiry..<renewable : max(expiry, renewable)..<Int64.max
    }
    var low = left
    var high = left + 1
    if left >= 300 {
      low = left - left % 60
      high = low + 60
      if left > style.warnBefore { low = max(low, style.warnBefore + 1) }
      if left <= style.warnBefore { high = min(high, style.warnBefore + 1) }
    }
    return (expiry - high + 1)..<(expiry - low + 1)
  }

  // "For ever" in the arithmetic of all shells, fish's floating point included: the year 5138.
  static let always: Int64 = 99_999_999_999

  /// A time left: `3h12m` from an hour on, `42m` from five minutes on, then `4m59s` and `59s`.
  public static func duration(_ seconds: Int64) -> String {
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    if seconds >= 3600 { return "\(seconds / 3600)h\(two(seconds / 60 % 60))m" }
    if seconds >= 300 { return "\(seconds / 60)m" }
    if seconds >= 60 { return "\(seconds / 60)m\(two(seconds % 60))s" }
    return "\(max(0, seconds))s"
  }

  /// The segment without colours.
  ///
  /// - Parameters:
  ///   - now: The time.
  ///   - columns: The terminal's width. Below 80 the region goes, below 60 the time unless it asks
  ///     for attention, below 40 the middle of a long name.
  ///   - symbol: What stands before the name; see ``symbol(_:environment:)``.
  /// - Returns: Text without control characters, as long as `symbol` has none.
  public func text(at now: Instant, columns: Int, symbol: String) -> String {
    var name = identity
    if columns < 40, name.utf8.count > 12 { name = "\(name.prefix(5))..\(name.suffix(5))" }
    var text = symbol + (isProtected ? "!" : "") + name
    if style.showsRegion, columns >= 80, let region = facts?.region { text += " \(region)" }
    let remainder = remainder(at: now)
    if !remainder.isEmpty, columns >= 60 || look(at: now) != .valid { text += " \(remainder)" }
    return text
  }

  /// What stands before the name: the style's symbol, else `☁` and a blank where the locale is
  /// UTF-8 and the terminal is not the Linux console or a dumb one, else `@`.
  public static func symbol(_ style: PromptStyle, environment: (String) -> String?) -> String {
    let canShowAll = !style.isASCII && isUnicode(environment)
    if let symbol = style.symbol, canShowAll || symbol.utf8.allSatisfy({ $0 < 0x80 }) {
      return DisplayText.sanitized(symbol, limit: PromptStyle.symbolLimit)
    }
    return canShowAll ? "☁ " : "@"
  }

  private static func isUnicode(_ environment: (String) -> String?) -> Bool {
    switch environment("TERM") {
    case nil, "dumb", "linux", "": return false
    default: break
    }
    for name in ["LC_ALL", "LC_CTYPE", "LANG"] {
      guard let value = environment(name), !value.isEmpty else { continue }
      let codeset = value.utf8.suffix(while: { $0 != UInt8(ascii: ".") }).map { $0 | 0x20 }
      return codeset.starts(with: "utf-8".utf8) || codeset.starts(with: "utf8".utf8)
    }
    return false
  }
}

extension BidirectionalCollection {
  // The elements after the last one that fails.
  fileprivate func suffix(while predicate: (Element) -> Bool) -> SubSequence {
    var start = endIndex
    while start > startIndex, predicate(self[index(before: start)]) { formIndex(before: &start) }
    return self[start...]
  }
}
