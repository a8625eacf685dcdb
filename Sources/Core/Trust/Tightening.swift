/// Whether a change of what an identity does only takes something away from it.
///
/// It works on the lines of what a person allowed, `SECTION NAME: KEY = VALUE`. Such a change applies
/// at once; whatever else changed is asked about.
public enum Tightening {
  /// The keys of durations; less of one is tighter.
  public static let durations: Set<String> = [
    "principal.duration", "principal.lifetime", "session.duration", "console.session_duration",
    "spec.lifetime",
  ]
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
    return removed.allSatisfy { line in
      line?.isUnprotected == true || added.contains { $0?.isShorter(than: line) ?? false }
    }
      && added.allSatisfy { line in
        guard let line else { return false }
        if line.isProtected || removed.contains(where: { line.isShorter(than: $0) }) { return true }
        return line.isPolicy && !line.value.hasPrefix("!")
          && !before.contains { Line($0)?.isPolicy(of: line.subject) ?? false }
      }
  }

  /// Whether an identity is restrained by less than another one: `lines` and `others` are what each of
  /// the two says of itself.
  public static func isLooser(_ lines: [String], than others: [String]) -> Bool {
    let own = lines.compactMap(Line.init)
    return others.compactMap(Line.init).contains { other in
      guard other.isProtected || other.seconds != nil || other.isPolicy else { return false }
      return !own.contains { line in
        guard line.key == other.key else { return false }
        if other.isProtected { return line.isProtected }
        if let seconds = other.seconds { return line.seconds.map { $0 <= seconds } ?? false }
        return ByteText(line.value) == ByteText(other.value)
      }
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
      isOfIdentity && key == protection && ["false", "no", "off"].contains(value.lowercased())
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
