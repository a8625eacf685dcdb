public import Core

/// One hand-out of credentials, as a line of the log says it; no secret and no argument is in it.
public struct AuditEntry: Sendable {
  /// When it was.
  public var time: Instant
  /// Which way it went, such as `exec` or `credential-process`.
  public var way: String
  /// The identity's name.
  public var identity: String?
  /// Its realm.
  public var realm: String?
  /// The names of its chain, the provider first.
  public var chain: [String] = []
  /// The account, project or subscription.
  public var account: String?
  /// Who it is in the cloud's own words, such as an assumed role's ARN.
  public var principal: String?
  /// The name of the session in the cloud.
  public var session: String?
  /// Seconds since a person last proved presence with a second factor.
  public var mfaAge: Int64?
  /// The device of that second factor.
  public var mfaDevice: String?
  /// When the credential ends.
  public var expiresAt: Instant?
  /// What narrows the session: `read-only`, names of policies, `sha256:` and the digest of one.
  public var policies: [String] = []
  /// What was handed out: `keys`, `profile`, `token`, `page`, `ambient` or nothing of these.
  public var delivery: String?
  /// The name of the program it was for: the one that was started, or the one that asked.
  public var command: String?
  /// That program's path, where this process started it.
  public var program: String?
  /// The working directory.
  public var directory: String?
  /// The terminal.
  public var terminal: String?
  /// The number of this process, which is that of the program under `exec`.
  public var process: Int32?
  /// The number of the process that started this one.
  public var parent: Int32?
  /// The name of that process.
  public var parentName: String?
  /// The number of the user.
  public var user: UInt32?
  /// The name of the machine.
  public var host: String?
  /// The exit status, in a line about an end.
  public var exitStatus: Int32?
  /// The number of the line that such a line belongs to.
  public var began: UInt64?
  /// The number of the last line that was removed, in a line about a removal.
  var removed: UInt64?
  /// The code of that line.
  var removedCode: String?
  /// For how many seconds lines were kept then.
  var keep: Int64?

  /// Creates an entry.
  public init(time: Instant, way: String) {
    self.time = time
    self.way = way
  }
}

extension AuditEntry {
  /// Adds the members to a JSON object that has one already.
  func append(to bytes: inout [UInt8]) {
    func name(_ name: StaticString) {
      bytes += ",\"".utf8
      name.withUTF8Buffer { bytes.append(contentsOf: $0) }
      bytes += "\":".utf8
    }
    func text(_ key: StaticString, _ value: String?) {
      guard let value, !value.isEmpty else { return }
      name(key)
      JSONText.append(Self.fitted(value), to: &bytes)
    }
    func list(_ key: StaticString, _ values: [String]) {
      guard !values.isEmpty else { return }
      name(key)
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        JSONText.append(Self.fitted(value), to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    }
    func number(_ key: StaticString, _ value: Int64?) {
      guard let value else { return }
      name(key)
      bytes += String(value).utf8
    }
    text("time", Timestamp.rfc3339(time))
    text("way", way)
    text("identity", identity)
    text("realm", realm)
    list("chain", chain)
    text("account", account)
    text("principal", principal)
    text("session", session)
    number("mfa_age", mfaAge)
    text("mfa_device", mfaDevice)
    text("expires", expiresAt.map(Timestamp.rfc3339))
    text("delivery", delivery)
    list("policies", policies)
    text("command", command)
    text("program", program)
    text("directory", directory)
    text("terminal", terminal)
    number("pid", process.map(Int64.init))
    number("ppid", parent.map(Int64.init))
    text("parent", parentName)
    number("user", user.map(Int64.init))
    text("host", host)
    number("exit", exitStatus.map(Int64.init))
    number("began", began.map { Int64(clamping: $0) })
    number("removed", removed.map { Int64(clamping: $0) })
    text("removed_mac", removedCode)
    number("keep", keep)
  }

  /// The longest text of a line, in bytes; a path may be 4 KiB.
  private static let limit = 4096

  private static func fitted(_ text: String) -> String {
    text.utf8.count <= limit ? text : String(decoding: text.utf8.prefix(limit), as: UTF8.self) + "…"
  }
}
