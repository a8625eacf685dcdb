/// Whether a change of what an identity does only takes something away from it.
///
/// It works on the lines of what a person allowed, `SECTION NAME: KEY = VALUE`. Such a change applies
/// at once; whatever else changed is asked about.
public enum Tightening {
  /// The keys of durations; less of one is tighter.
  public static let durations: Set<String> = [
    "principal.duration", "principal.lifetime", "session.duration", "console.session_duration",
    "spec.lifetime", idle, "mfa.max_age",
  ]
  /// The key of the time after which an unused session ends.
  public static let idle = "idle"
  /// The keys that say which commands ask for a code; they are compared together.
  public static let secondFactor = ["mfa.policy", "mfa.max_age", "mfa.unattended"]
  /// The key that keeps `cd` from selecting an identity.
  public static let protection = "protected"
  /// The keys of a session's policies; a list's have a position behind them.
  ///
  /// The first policy narrows a session. A further one would widen it again, since a session may do
  /// what any of them permits.
  public static let policies = ["principal.policy", "principal.policy_arns"]

  /// Whether `after` differs from `before`, and only in what tightens.
  public static func isAll(from before: [String], to after: [String]) -> Bool {
    let (old, new) = (Set(before.map(ByteText.init)), Set(after.map(ByteText.init)))
    let removed = old.subtracting(new).map { Line($0.text) }
    let added = new.subtracting(old).map { Line($0.text) }
    // Tightening is a few lines, and comparing many takes its time.
    guard old != new, removed.count + added.count <= 64 else { return false }
    func isStricter(_ line: Line?) -> Bool {
      guard let line, line.isOfSecondFactor else { return false }
      return SecondFactor(before, of: line.subject).allows(SecondFactor(after, of: line.subject))
    }
    return removed.allSatisfy { line in
      line?.isUnprotected == true || isStricter(line)
        || added.contains { $0?.isShorter(than: line) ?? false }
    }
      && added.allSatisfy { line in
        guard let line else { return false }
        if line.isProtected || isStricter(line)
          || removed.contains(where: { line.isShorter(than: $0) })
        {
          return true
        }
        if line.isIdle { return !before.contains { Line($0)?.isIdle(of: line.subject) ?? false } }
        return line.isPolicy && !line.value.hasPrefix("!")
          && !before.contains { Line($0)?.isPolicy(of: line.subject) ?? false }
      }
  }

  /// Whether an identity is restrained by less than another one: `lines` and `others` are what each of
  /// the two says of itself.
  public static func isLooser(_ lines: [String], than others: [String]) -> Bool {
    let own = lines.compactMap(Line.init)
    return others.compactMap(Line.init).contains { other in
      if let level = other.level { return level > own.compactMap(\.level).max() ?? 0 }
      // Without a time, every command asks.
      if other.key == secondFactor[1] {
        let longest = own.filter { $0.key == other.key }.compactMap(\.seconds).max()
        return longest ?? 0 > other.seconds ?? 0
      }
      guard other.isProtected || other.seconds != nil || other.isPolicy else { return false }
      return !own.contains { line in
        guard line.key == other.key else { return false }
        if other.isProtected { return line.isProtected }
        if let seconds = other.seconds { return line.seconds.map { $0 <= seconds } ?? false }
        return ByteText(line.value) == ByteText(other.value)
      }
    }
  }

  /// What lines say of an identity's second factor.
  private struct SecondFactor {
    /// The level; 0 for none.
    var level = 0
    /// For how long a code does, in seconds.
    var maximumAge: Int64 = 0
    var isUnattended = false

    init(_ lines: [String], of subject: String) {
      for line in lines.compactMap(Line.init)
      where line.isOfSecondFactor && ByteText(line.subject) == ByteText(subject) {
        switch line.key {
        case secondFactor[0]: level = line.level ?? 0
        case secondFactor[1]: maximumAge = line.seconds ?? .max
        default: isUnattended = !line.isFalse
        }
      }
    }

    /// Whether `other` may come in its place without a question.
    func allows(_ other: SecondFactor) -> Bool {
      if level == 0 { return other.level > 0 }
      return other.level >= level && other.maximumAge <= maximumAge
        && (isUnattended || !other.isUnattended)
    }
  }

  private struct Line {
    let subject: String
    let key: String
    let value: String

    init?(_ text: String) {
      guard let (subject, rest) = Self.split(text[...], ": "),
        let (key, value) = Self.split(rest, " = ")
      else { return nil }
      (self.subject, self.key, self.value) = (String(subject), String(key), String(value))
    }

    /// What comes before and after the first `mark`.
    private static func split(_ text: Substring, _ mark: String) -> (Substring, Substring)? {
      var start = text.startIndex
      while start < text.endIndex {
        let rest = text[start...]
        if rest.hasPrefix(mark) {
          return (text[..<start], rest.dropFirst(mark.count))
        }
        start = text.index(after: start)
      }
      return nil
    }

    private var isOfIdentity: Bool { subject.hasPrefix("identity ") }

    var isProtected: Bool {
      isOfIdentity && key == protection && ["true", "yes", "on"].contains(value.lowercased())
    }

    var isUnprotected: Bool {
      isOfIdentity && key == protection && isFalse
    }

    /// Whether the value is one of YAML's words for false.
    var isFalse: Bool { ["false", "no", "off"].contains(value.lowercased()) }

    var isOfSecondFactor: Bool { isOfIdentity && secondFactor.contains(key) }

    /// The level that the line says; `nil` for other lines.
    var level: Int? {
      guard isOfIdentity, key == secondFactor[0] else { return nil }
      // What is no level counts as the highest.
      return ["never", "applies-only"].firstIndex(of: value.trimmed.lowercased()) ?? 2
    }

    var isIdle: Bool { isOfIdentity && key == idle && seconds ?? 0 > 0 }

    func isIdle(of subject: String) -> Bool {
      isOfIdentity && key == idle && ByteText(self.subject) == ByteText(subject)
    }

    var isPolicy: Bool {
      isOfIdentity && policies.contains { key == $0 || key.hasPrefix("\($0).") }
    }

    func isPolicy(of subject: String) -> Bool {
      isPolicy && ByteText(self.subject) == ByteText(subject)
    }

    /// The length that a duration says; `nil` for other lines.
    var seconds: Int64? { durations.contains(key) ? DurationText.seconds(value.trimmed) : nil }

    func isShorter(than other: Line?) -> Bool {
      guard let other, key == other.key, ByteText(subject) == ByteText(other.subject),
        let seconds, let before = other.seconds
      else { return false }
      return seconds > 0 && seconds < before
    }
  }
}
