package import Audit
package import Core

/// Which lines of the audit log are meant.
package struct AuditFilter {
  package var identity: String?
  package var account: String?
  package var command: String?
  /// An absolute path: that directory and those below it.
  package var directory: String?
  package var since: Instant?
  /// How many at most, the latest.
  package var last: Int?

  /// A filter that every line passes.
  package init() {}

  /// The moment that `--since` means: a duration before now, a day, or a time.
  package static func moment(_ text: String, now: Instant) throws(AuthError) -> Instant {
    if let seconds = DurationText.seconds(text) { return now.advanced(bySeconds: -seconds) }
    if let time = UTCDate.rfc3339(text) ?? UTCDate.rfc3339(text + "T00:00:00Z") { return time }
    throw AuthError(
      .usage, "not a time: \(DisplayText.sanitized(text))",
      hints: ["write it like `2d`, `2026-11-29` or `2026-11-29T08:00:00Z`"])
  }

  /// Those of some lines that are meant.
  package func applied(to records: [AuditRecord]) -> [AuditRecord] {
    let found = records.filter { record in
      if let identity, record.identity?.lowercased() != identity.lowercased() { return false }
      if let account, record.account != account { return false }
      if let command, record.command != command { return false }
      if let since, record.instant.map({ $0 < since }) ?? true { return false }
      if let directory {
        let place = record.directory ?? ""
        let below = directory == "/" ? "/" : directory + "/"
        guard place == directory || place.hasPrefix(below) else { return false }
      }
      return true
    }
    return last.map { Array(found.suffix($0)) } ?? found
  }
}
