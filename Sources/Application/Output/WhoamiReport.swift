import AuthConfiguration
package import Core
import Model
package import Terminal

/// What `whoami` shows.
package struct WhoamiReport {
  private let status: IdentityStatus
  private let now: Instant
  private let options: [String]

  /// Creates a report; `options` are what a command needs, for a person to type, to mean the same
  /// configuration.
  package init(_ status: IdentityStatus, now: Instant, options: [String]) {
    self.status = status
    self.now = now
    self.options = options
  }

  private var provider: String {
    status.record.viaProvider ?? status.record.chain.first?.name ?? status.record.kind
  }
  private var principal: String? {
    status.verified?.name ?? status.credential?.principal ?? status.record.principal
  }
  private var account: String? {
    status.verified?.account ?? status.credential?.account ?? status.record.account
  }
  private var region: String? { status.credential?.region ?? status.record.region }

  /// The text for a person.
  package func text(on stream: Stream) -> String {
    let mark =
      status.isValid
      ? stream.styled(stream.symbol("✓", plain: "ok"), .good)
      : stream.styled(stream.symbol("✗", plain: "x"), .bad)
    var table = Table()
    if !status.realm.isEmpty {
      table.append(["Realm", "\(status.realm) (\(status.realmSource))"])
    }
    table.append(["Provider", provider])
    table.append(["Identity", status.record.name])
    for (label, value) in [("Principal", principal), ("Account", account), ("Region", region)] {
      if let value { table.append([label, value]) }
    }
    if let credential = status.credential {
      table.append(["Expires", expiry(credential)])
      if let mfaAt = credential.mfaAt {
        table.append(["MFA", Remaining.age(seconds: mfaAt.seconds(until: now))])
      }
      table.append(["Last Updated", LocalTime.text(credential.issuedAt)])
    }
    let lines = ["\(mark) Current Authentication Status", ""] + table.lines(indent: 2)
    return lines.joined(separator: "\n") + "\n"
  }

  /// What to do when there is no valid session; `nil` when there is one.
  package var advice: String? {
    guard !status.isValid else { return nil }
    if let refusal = status.refusal {
      return ([refusal.message] + refusal.hints).joined(separator: "\n")
    }
    let command = ShellQuoting.typed(
      command: ["atmos-auth", "login", "-i", status.record.name] + options)
    let state = status.credential == nil ? "There is no session." : "The session has ended."
    return "\(state)\nRun `\(command)` to log in."
  }

  private func expiry(_ credential: Credential) -> String {
    guard let expiresAt = credential.expiresAt else { return "never" }
    return LocalTime.text(expiresAt)
      + " (\(Remaining.text(seconds: now.seconds(until: expiresAt))))"
  }

  /// One JSON object, keys in atmos's order; the home directory is `~`, secrets are masked.
  package var json: String {
    var members: [(String, String)] = []
    func add(_ name: String, _ value: String?) {
      if let value { members.append((name, JSONText.string(value))) }
    }
    if !status.realm.isEmpty {
      add("realm", status.realm)
      add("realm_source", status.realmSource)
    }
    add("provider", provider)
    add("identity", status.record.name)
    add("principal", principal ?? "")
    add("account", account)
    add("region", region)
    add("expiration", status.credential?.expiresAt.map(Timestamp.rfc3339))
    if !status.environment.isEmpty {
      members.append(
        ("environment", JSONText.object(status.environment.map { ($0.name, shown($0)) })))
    }
    members.append(("valid", status.isValid ? "true" : "false"))
    add("last_updated", status.credential.map { Timestamp.rfc3339($0.issuedAt) })
    return JSONText.indented(JSONText.object(members))
  }

  // The words that make atmos hide a value.
  private static let secretWords = [
    "SECRET", "TOKEN", "PASSWORD", "PRIVATE", "ACCESS_KEY", "SESSION",
  ]

  private func shown(_ variable: (name: String, value: String)) -> String {
    let name = variable.name.uppercased()
    if Self.secretWords.contains(where: name.contains) { return JSONText.string("***REDACTED***") }
    if let home = status.home, !home.isEmpty, home != "/", variable.value.hasPrefix(home + "/") {
      return JSONText.string("~" + variable.value.dropFirst(home.count))
    }
    return JSONText.string(variable.value)
  }
}
