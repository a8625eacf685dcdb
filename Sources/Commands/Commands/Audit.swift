import Application
import ArgumentParser
import Audit
import Core

/// `atmos-auth audit`: the log of what was handed out.
struct AuditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract: "Show, verify and export the log of handed-out credentials.",
    discussion: """
      Each time that credentials leave atmos-auth, a line is written first: the way, the identity, \
      the account, the program's name and the directory. The lines are chained, so that a changed \
      or missing one is found.

        $ atmos-auth audit show --since 1d
        $ atmos-auth audit verify
      """,
    subcommands: [AuditShow.self, AuditVerify.self, AuditExport.self])
}

/// Which lines of the audit log are meant.
struct AuditFilterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only lines about this account.", valueName: "id"))
  var account: String?

  @Option(
    help: ArgumentHelp("Only lines about this program, by its name.", valueName: "name"))
  var command: String?

  @Option(
    name: .customLong("directory"),
    help: ArgumentHelp("Only lines from this directory or its subdirectories.", valueName: "path"),
    completion: .directory)
  var place: String?

  @Option(
    help: ArgumentHelp(
      "Only lines since then: a duration such as 2d, a day, or a time.", valueName: "time"))
  var since: String?

  @Option(help: ArgumentHelp("Only this many of those lines, the latest.", valueName: "number"))
  var last: Int?

  func filter(
    _ identity: String?, _ context: CommandContext
  ) throws(AuthError) -> AuditFilter {
    var filter = AuditFilter()
    filter.identity = identity
    (filter.account, filter.command, filter.last) = (account, command, last.map { max(0, $0) })
    filter.since = try since.map { text throws(AuthError) in
      try AuditFilter.moment(text, now: context.now)
    }
    if let place {
      let path = context.absolute(place)
      filter.directory = FileSystem.realPath(path) ?? path
    }
    return filter
  }
}

/// `atmos-auth audit show`.
struct AuditShow: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "List what was handed out, the latest last.",
    usage: "atmos-auth audit show [<options>]",
    discussion: """
      The lines are shown as they stand in the log; `audit verify` says whether they are sound.

        $ atmos-auth audit show --since 8h
        $ atmos-auth audit show -i prod --command terraform --directory .
      """)

  @OptionGroup var global: SharedOptions<ListsIdentity>
  @OptionGroup var filter: AuditFilterOptions

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await AuditListRequest(form: .table, filter: try filter.filter(global.identity, context))
      .run(context)
  }
}

/// `atmos-auth audit export`.
struct AuditExport: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Print the log for other programs.",
    usage: "atmos-auth audit export [<options>]",
    discussion: """
      `json` is one object a line; `csv` has a line of titles.

        $ atmos-auth audit export --since 2026-11-01 > november.jsonl
        $ atmos-auth audit export --format csv --account 123456789012
      """)

  @OptionGroup var global: SharedOptions<ListsIdentity>
  @OptionGroup var filter: AuditFilterOptions

  @Option(name: [.long, .short], help: "Output format.")
  var format: Form = .json

  enum Form: String, ExpressibleByArgument, CaseIterable {
    case json
    case csv
  }

  var wantsJSON: Bool { format == .json }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    try await AuditListRequest(
      form: format == .json ? .json : .csv, filter: try filter.filter(global.identity, context)
    ).run(context)
  }
}

/// `atmos-auth audit verify`.
struct AuditVerify: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check that no line of the log was changed, removed, moved or cut off.",
    usage: "atmos-auth audit verify [<options>]",
    discussion: """
      The keyring is opened for the first key. Where journald has a copy of the log's head, it is \
      compared; `--head` gives a copy that is kept elsewhere. Lines that `auth.audit.keep` of your \
      own configuration removed are not missing. The status is 78 when something is wrong.

        $ atmos-auth audit verify
        $ atmos-auth audit verify --format json
      """)

  @OptionGroup var global: SharedOptions<ActsAsNobody>

  @Option(
    help: ArgumentHelp(
      "A copy of the head, as `verify` prints it and the system's log has it.",
      valueName: "log sequence code"))
  var head: [String] = []

  @Option(
    help: ArgumentHelp(
      "How long lines were kept, if `auth.audit.keep` was different before.",
      valueName: "duration"))
  var keep: String?

  @Option(name: [.long, .short, .customLong("output")], help: "Output format.")
  var format: OutputForm = .text

  var wantsJSON: Bool { format == .json }

  func run(_ context: CommandContext) async throws(AuthError) -> Int32 {
    var heads: [AuditHead] = []
    for text in head {
      guard let head = AuditHead(text: text) else {
        throw AuthError(
          .usage, "not the head of a log: \(DisplayText.sanitized(text))",
          hints: ["it is three words: the log, the number of a line, and its code"])
      }
      heads.append(head)
    }
    let seconds = keep.map { DurationText.seconds($0) ?? 0 }
    if let keep, seconds ?? 0 <= 0 {
      throw AuthError(
        .usage, "not a duration: \(DisplayText.sanitized(keep))", hints: ["write it like `400d`"])
    }
    let request = AuditVerifyRequest(heads: heads, keep: seconds)
    return try await request.run(context, isJSON: format == .json)
  }
}
