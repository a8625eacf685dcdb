import AuthConfiguration
package import Core
import Model
import OneTimeCodes
import Sessions
import Terminal

/// What `mfa status` shows.
package struct DeviceReport {
  /// A device.
  struct Row {
    /// Its ARN or serial number.
    package var device: String
    /// The identities that need its codes, by name.
    package var identities: [String] = []
    /// The providers that may ask for its codes, by name.
    package var providers: [String] = []
    /// Where its codes come from, in order, for each way in which identities say it.
    var sources: [[String]] = []
    /// Whether the keyring has its seed; `nil` where the keyring cannot tell.
    var hasSeed: Bool?
    /// When one of its codes was last given, as far as sessions show.
    var lastAt: Instant?
  }

  private var rows: [Row] = []
  private let now: Instant

  /// Gathers the devices of the configuration, of sessions and of the keyring.
  package static func of(_ context: CommandContext) async throws(AuthError) -> DeviceReport {
    let configuration = context.configuration
    let catalog = try configuration.readableCatalog()
    let full = try configuration.full()
    let store = try context.sessionStore(in: configuration)
    let seeds = try await StoredSeed.devices(in: try context.effects(in: configuration).keyring)
    var report = DeviceReport(now: context.now)
    for record in catalog.identities {
      guard let definition = full.definition(.identity, record.name) else { continue }
      var session: Credential?
      if record.isStable {
        session = try await store.read(
          realm: catalog.realm, identity: record.name, digest: record.sessionDigest)
      }
      guard let device = context.mfaDevice(of: definition) ?? session?.mfaDevice else { continue }
      let index = report.note(
        device, sources: full.codeSources(of: definition), lastAt: session?.mfaAt)
      report.rows[index].identities.append(record.name)
    }
    for provider in catalog.providers {
      guard let definition = full.definition(.provider, provider.name),
        let device = context.kinds.kind(provider.kind, .provider)?.codeDevice?(definition)
      else { continue }
      let index = report.note(device, sources: full.codeSources(of: definition))
      report.rows[index].providers.append(provider.name)
    }
    for device in seeds ?? [] { _ = report.position(of: device) }
    for index in report.rows.indices {
      report.rows[index].hasSeed = seeds.map { $0.contains(report.rows[index].device) }
    }
    let isGiven = context.surroundings.environment[CodeBroker.variable]?.isEmpty == false
    let windows = context.surroundings.environmentWithoutSecrets()
    let people =
      context.person != nil
      ? ["terminal"] : context.personAtDesktop(windows) != nil ? ["desktop"] : []
    report.completeSources(people: people, isGiven: isGiven)
    return report
  }

  private init(now: Instant) { self.now = now }

  private mutating func position(of device: String) -> Int {
    if let index = rows.firstIndex(where: { $0.device == device }) { return index }
    rows.append(Row(device: device))
    return rows.count - 1
  }

  private mutating func note(
    _ device: String, sources: [CodeSource]?, lastAt: Instant? = nil
  ) -> Int {
    let index = position(of: device)
    let names = sources?.map(\.name) ?? []
    if !rows[index].sources.contains(names) { rows[index].sources.append(names) }
    if let lastAt { rows[index].lastAt = max(lastAt, rows[index].lastAt ?? lastAt) }
    return index
  }

  /// Puts the usual places where nothing is said.
  private mutating func completeSources(people: [String], isGiven: Bool) {
    for index in rows.indices {
      let row = rows[index]
      let own = (row.hasSeed == true ? ["keyring"] : []) + people
      let usual = own.isEmpty && !isGiven ? ["nobody"] : own
      let lists = row.sources.isEmpty ? [[]] : row.sources
      rows[index].sources = lists.map { names in
        (isGiven ? [CodeBroker.variable] : []) + (names.isEmpty ? usual : names)
      }
    }
  }

  /// The table for a person.
  package var text: String {
    guard !rows.isEmpty else {
      return "No identity names an MFA device, and the keyring has no seed of one.\n"
    }
    var table = Table([["DEVICE", "USED BY", "CODES FROM", "SEED", "LAST CODE"]])
    for row in rows {
      let users = row.identities + row.providers.map { "provider \($0)" }
      table.append([
        row.device, users.isEmpty ? "-" : users.joined(separator: ", "),
        row.sources.map { $0.joined(separator: ", ") }.joined(separator: " | "),
        row.hasSeed.map { $0 ? "yes" : "no" } ?? "?",
        row.lastAt.map { Remaining.age(seconds: $0.seconds(until: now)) } ?? "-",
      ])
    }
    return table.lines().map { $0 + "\n" }.joined()
  }

  /// A JSON array with an object for each device.
  package var json: String {
    func texts(_ words: [String]) -> String { JSONText.array(words.map(JSONText.string)) }
    return JSONText.indented(
      JSONText.array(
        rows.map { row in
          JSONText.object([
            ("device", JSONText.string(row.device)), ("identities", texts(row.identities)),
            ("providers", texts(row.providers)),
            ("sources", JSONText.array(row.sources.map(texts))),
            ("seed", row.hasSeed.map { $0 ? "true" : "false" } ?? "null"),
            ("last_code", row.lastAt.map { JSONText.string(Timestamp.rfc3339($0)) } ?? "null"),
          ])
        }))
  }
}
