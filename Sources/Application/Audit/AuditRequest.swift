package import Audit
import AuthConfiguration
import CLibrary
package import Core
import Programs
import Terminal

/// What `audit show` and `audit export` do, apart from the command line.
package struct AuditListRequest {
  /// The form of a list.
  package enum Form: String, CaseIterable {
    case table
    case json
    case csv
  }

  package var form: Form
  package var filter: AuditFilter

  /// Creates it from its parts.
  package init(form: Form, filter: AuditFilter) {
    self.form = form
    self.filter = filter
  }

  package func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    let reading = try AuditReading(context.paths.auditDirectory)
    let records = filter.applied(to: reading.records)
    switch form {
    case .json: try context.emit(records.map { $0.json + "\n" }.joined())
    case .csv:
      let head = AuditRecord.names.joined(separator: ",")
      try context.emit(([head] + records.map(\.csv)).map { $0 + "\r\n" }.joined())
    case .table:
      if records.isEmpty { context.say("no line of the audit log fits") }
      try context.emit(Self.table(records, context.out))
    }
    if reading.unreadable > 0 {
      context.say(
        "\(reading.unreadable) \(reading.unreadable == 1 ? "line" : "lines") cannot be read; "
          + "`atmos-auth audit verify` says more")
    }
    return 0
  }

  private static func table(_ records: [AuditRecord], _ out: Stream) -> String {
    guard !records.isEmpty else { return "" }
    var table = Table()
    table.append(["TIME", "IDENTITY", "ACCOUNT", "WAY", "COMMAND", "MFA AGE", "DIRECTORY"])
    for record in records {
      table.append([
        record.instant.map(LocalTime.text) ?? record.time, record.identity ?? "-",
        record.account ?? "-", way(record), record.command ?? "-",
        record.mfaAge.map { DurationText.text($0) } ?? "-", record.directory ?? "-",
      ])
    }
    let width = out.isTerminal ? out.columns : nil
    return table.withoutEmpty(["MFA AGE", "ACCOUNT"]).lines(width: width).map { $0 + "\n" }.joined()
  }

  private static func way(_ record: AuditRecord) -> String {
    if let last = record.removed { return "\(record.way) (to line \(last))" }
    guard let status = record.exit else { return record.way }
    return "\(record.way) (exit \(status))"
  }
}

/// What `audit verify` does, apart from the command line.
package struct AuditVerifyRequest {
  /// Copies of the head that somebody kept.
  package var heads: [AuditHead]
  /// For how many seconds lines are kept; what `auth.audit` says if not given.
  package var keep: Int64?

  /// Creates it from its parts.
  package init(heads: [AuditHead] = [], keep: Int64? = nil) {
    (self.heads, self.keep) = (heads, keep)
  }

  /// How long journald may take to answer.
  private static let patience = Duration.seconds(20)

  /// Returns 0 when the log is as it was written, and the status of a bad file otherwise.
  package func run(_ context: CommandContext, isJSON: Bool) async throws(AuthError) -> Int32 {
    let directory = context.paths.auditDirectory
    let configured = try context.configuration.catalog().audit.keep
    let keep = self.keep ?? configured
    let seed = await context.auditSeed(in: context.configuration, mayOpen: true)
    func verified(_ heads: [AuditHead]) throws(AuthError) -> AuditVerification {
      try AuditVerification(directory, seed: seed, heads: heads, keep: keep, now: context.now)
    }
    let first = try verified(heads)
    guard let log = first.log, !first.isEmpty else {
      guard first.isSound, heads.isEmpty else { return try report(first, context, isJSON) }
      let seen = await Self.journalHead(nil, context)
      guard seen.isEmpty else {
        return try report(try verified(seen), context, isJSON)
      }
      if isJSON { return try report(first, context, isJSON) }
      context.say("there is no audit log yet in \(directory)")
      return 0
    }
    // What the journal has seen cannot be behind what is verified after it was asked.
    let seen = await Self.journalHead(log, context)
    let result = seen.isEmpty ? first : try verified(heads + seen)
    return try report(result, context, isJSON, isCompared: !seen.isEmpty)
  }

  private func report(
    _ result: AuditVerification, _ context: CommandContext, _ isJSON: Bool,
    isCompared: Bool = false
  ) throws(AuthError) -> Int32 {
    let status = result.isSound ? 0 : AuthError.Code.badConfiguration.exitStatus
    if isJSON {
      let findings = result.findings.map { finding in
        JSONText.object([
          ("kind", JSONText.string(finding.kind.rawValue)),
          ("fault", finding.isFault ? "true" : "false"), ("text", JSONText.string(finding.text)),
        ])
      }
      try context.emit(
        JSONText.indented(
          JSONText.object([
            ("sound", result.isSound ? "true" : "false"), ("lines", String(result.count)),
            ("head", result.head.map { JSONText.string($0.text) } ?? "null"),
            ("findings", JSONText.array(findings)),
          ])))
      return status
    }
    var lines = result.findings.map { finding in
      let mark = finding.isFault ? context.out.symbol("✗", plain: "x") : "-"
      return "\(mark) \(finding.text)"
    }
    let count = "\(result.count) \(result.count == 1 ? "line" : "lines")"
    if result.isSound {
      let mark = context.out.symbol("✓", plain: "ok")
      lines.append("\(mark) \(count), as they were written")
    } else {
      lines.append("the log is not as it was written; \(count) \(result.count == 1 ? "is" : "are")")
    }
    if let head = result.head { lines.append("head: \(head.text)") }
    if isCompared { lines.append("compared with the copy of the head in the journal") }
    try context.emit(lines.map { DisplayText.sanitized($0) + "\n" }.joined())
    return status
  }

  /// The latest head of a log that journald has, or of any log of this user's; none where it is not
  /// there or shows nothing.
  private static func journalHead(_ log: UInt64?, _ context: CommandContext) async -> [AuditHead] {
    let words = [
      "journalctl", "--quiet", "--no-pager", "--output=cat", "--lines=1",
      "SYSLOG_IDENTIFIER=\(SystemLog.identifier)",
      log.map { "ATMOS_AUTH_LOG=\(Hash.hex($0))" } ?? "_UID=\(geteuid())",
    ]
    let run = ProgramRun(words, environment: context.surroundings.environmentWithoutSecrets())
    guard case .ended(let result) = await run.result(within: patience), result.status == 0 else {
      return []
    }
    let text = result.output.revealed().split(separator: " ").dropFirst().prefix(3)
    return AuditHead(text: text.joined(separator: " ")).map { [$0] } ?? []
  }
}
