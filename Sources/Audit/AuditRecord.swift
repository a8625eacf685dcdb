public import Core

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A line of the log as it is read again, for lists and exports.
public struct AuditRecord: Sendable, Decodable {
  /// The number of the line.
  public var seq: UInt64
  /// When it was, in RFC 3339.
  public var time: String
  /// The way that the credentials went.
  public var way: String
  /// The identity.
  public var identity: String?
  /// Its realm.
  public var realm: String?
  /// The names of its chain.
  public var chain: [String]?
  /// The account.
  public var account: String?
  /// Who it is in the cloud.
  public var principal: String?
  /// The name of the session there.
  public var session: String?
  /// Seconds since a second factor was given.
  public var mfaAge: Int64?
  /// The device of that factor.
  public var mfaDevice: String?
  /// When the credential ends.
  public var expires: String?
  /// What was handed out.
  public var delivery: String?
  /// What narrows the session.
  public var policies: [String]?
  /// The program's name.
  public var command: String?
  /// The program's path.
  public var program: String?
  /// The working directory.
  public var directory: String?
  /// The terminal.
  public var terminal: String?
  /// The number of the process.
  public var pid: Int32?
  /// The number of the process that started it.
  public var ppid: Int32?
  /// The name of that process.
  public var parent: String?
  /// The number of the user.
  public var user: UInt32?
  /// The name of the machine.
  public var host: String?
  /// The exit status, in a line about an end.
  public var exit: Int32?
  /// The number of the line that such a line belongs to.
  public var began: UInt64?
  /// The number of the last line that was removed, in a line about a removal.
  public var removed: UInt64?
  /// The code of that line.
  public var removedCode: String?
  /// For how many seconds lines were kept then.
  public var keep: Int64?

  private enum CodingKeys: String, CodingKey {
    case seq, time, way, identity, realm, chain, account, principal, session
    case mfaAge = "mfa_age"
    case mfaDevice = "mfa_device"
    case expires, delivery, policies, command, program, directory, terminal, pid, ppid, parent, user
    case host, exit, began, removed, keep
    case removedCode = "removed_mac"
  }

  /// Reads a line; `nil` for what is not one.
  init?(_ line: ArraySlice<UInt8>) {
    guard AuditLine(line) != nil,
      let record = try? JSONDecoder().decode(Self.self, from: Data(line))
    else { return nil }
    self = record
  }

  /// Reads a line whose frame was read; `nil` for what has not all members.
  init?(_ line: AuditLine) {
    let text = Data(line.content + [UInt8(ascii: "}")])
    guard let record = try? JSONDecoder().decode(Self.self, from: text) else { return nil }
    self = record
  }

  /// When it was.
  public var instant: Instant? { UTCDate.rfc3339(time) }

  /// The names of all members, in the order of ``members``.
  public static let names = [
    "seq", "time", "way", "identity", "realm", "chain", "account", "principal", "session",
    "mfa_age", "mfa_device", "expires", "delivery", "command", "program", "directory", "terminal",
    "pid", "ppid", "parent", "user", "host", "exit", "began", "policies", "removed",
    "removed_mac", "keep",
  ]

  /// All members as text, and whether it is a number.
  ///
  /// The text is `nil` for those that the line does not have.
  public var members: [(text: String?, isNumber: Bool)] {
    func number(_ value: (some BinaryInteger)?) -> (String?, Bool) { (value.map { "\($0)" }, true) }
    func text(_ value: String?) -> (String?, Bool) { (value, false) }
    return [
      number(seq), text(time), text(way), text(identity), text(realm),
      text(chain?.joined(separator: " > ")), text(account), text(principal), text(session),
      number(mfaAge), text(mfaDevice), text(expires), text(delivery), text(command), text(program),
      text(directory), text(terminal), number(pid), number(ppid), text(parent), number(user),
      text(host), number(exit), number(began), text(policies?.joined(separator: " ")),
      number(removed), text(removedCode), number(keep),
    ]
  }

  /// The line as a JSON object.
  public var json: String {
    var object: [(String, String)] = []
    for (name, member) in zip(Self.names, members) {
      guard let value = member.text else { continue }
      if let list = name == "chain" ? chain : name == "policies" ? policies : nil {
        object.append((name, JSONText.array(list.map(JSONText.string))))
      } else {
        object.append((name, member.isNumber ? value : JSONText.string(value)))
      }
    }
    return JSONText.object(object)
  }

  /// The line as a row of CSV (RFC 4180).
  ///
  /// A cell that a spreadsheet would take for a formula begins with an apostrophe.
  public var csv: String {
    members.map { member in
      var value = DisplayText.sanitized(member.text ?? "")
      if !member.isNumber, let first = value.unicodeScalars.first,
        "=+-@＝＋－＠".unicodeScalars.contains(first)
      {
        value = "'" + value
      }
      guard value.contains(where: { ",\"\n\r;".contains($0) }) else { return value }
      return "\"" + value.replacing("\"", with: "\"\"") + "\""
    }.joined(separator: ",")
  }
}

/// The lines of a log, without a look at whether they are as they were written.
public struct AuditReading: Sendable {
  /// Those that can be read, in their order.
  public var records: [AuditRecord] = []
  /// How many cannot.
  public var unreadable = 0

  /// Reads all logs of a directory.
  ///
  /// - Throws: ``AuthError`` with code `system` if a file cannot be read.
  public init(_ directory: String) throws(AuthError) {
    let files = try AuditFiles(directory)
    var logs: [[AuditRecord]] = []
    for log in files.logs {
      var records: [AuditRecord] = []
      for file in files.of(log) {
        for line in try file.lines() {
          if line.isFinished, let record = AuditRecord(line.content) {
            records.append(record)
          } else {
            unreadable += 1
          }
        }
      }
      if !records.isEmpty { logs.append(records) }
    }
    records = logs.sorted { $0[0].time < $1[0].time }.flatMap { $0 }
  }
}
