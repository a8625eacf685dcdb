internal import Core

/// Which lines are gone from the beginning of a log, and whether that is what was to be kept.
///
/// Anyone with the present key can add a line about a removal. So it counts only for lines that are
/// older than the person keeps them, by the time of the first line that is still there, which nobody
/// can change.
struct AuditRemovals {
  /// For how many seconds lines are kept; `nil` for ever.
  let keep: Int64?
  /// When this is looked at.
  let now: Instant
  /// The number of the last line that is gone.
  var gone: UInt64 = 0
  private var firstTime: Instant?
  private var records: [AuditRecord] = []

  init(keep: Int64?, now: Instant) {
    (self.keep, self.now) = (keep, now)
  }

  private static let mark = Array(",\"way\":\"\(AuditLog.removal)\"".utf8)
  /// Where the way is at the latest; the numbers and the time are before it.
  private static let reach = 256

  /// Takes note of a line that is as it was written.
  ///
  /// - Returns: The code of the last line that was removed, if the line is about a removal.
  mutating func take(_ line: AuditLine) -> (sequence: UInt64, code: String)? {
    if gone > 0, line.sequence == gone + 1 { firstTime = AuditRecord(line)?.instant }
    let start = line.content.prefix(Self.reach)
    guard
      start.indices.contains(where: {
        start[$0] == Self.mark[0] && line.content[$0...].starts(with: Self.mark)
      }),
      let record = AuditRecord(line), let last = record.removed
    else { return nil }
    records.append(record)
    return record.removedCode.map { (last, $0) }
  }

  /// What there is to say about the lines that are gone.
  var findings: [AuditFinding] {
    guard gone > 0 else { return [] }
    let due = records.filter(isDue).max { $0.removed ?? 0 < $1.removed ?? 0 }
    let last = min(due?.removed ?? 0, gone)
    var findings: [AuditFinding] = []
    if let due, last > 0 {
      findings.append(
        AuditFinding(
          kind: .removed,
          text: "\(Self.lines(1, last)) \(last == 1 ? "was" : "were") removed on "
            + "\(due.time.prefix(10)), as `keep: \(Self.days(due.keep ?? 0))` says"))
    }
    guard last < gone else { return findings }
    var text = "\(Self.lines(last + 1, gone)) \(last + 1 == gone ? "is" : "are") missing"
    if let claim = records.first(where: { $0.removed ?? 0 >= gone }) {
      let said = claim.keep ?? 0
      let objection =
        if let keep {
          said < keep ? "`keep` is \(Self.days(keep))" : "they were not that old"
        } else { "no `keep` is set" }
      text += "; a line says that `keep: \(Self.days(said))` removed them, but \(objection)"
    }
    return findings + [AuditFinding(kind: .missing, text: text)]
  }

  private func isDue(_ record: AuditRecord) -> Bool {
    guard let keep, let firstTime, let time = record.instant, time.seconds(until: now) >= 0 else {
      return false
    }
    return firstTime.seconds(until: time) >= keep
  }

  private static func days(_ seconds: Int64) -> String {
    seconds % 86400 == 0 ? "\(seconds / 86400)d" : DurationText.text(seconds)
  }

  private static func lines(_ first: UInt64, _ last: UInt64) -> String {
    first == last ? "line \(first)" : "lines \(first) to \(last)"
  }
}
