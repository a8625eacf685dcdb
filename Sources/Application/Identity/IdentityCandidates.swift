package import AuthConfiguration
package import Core
import Model
import Terminal

/// Identities for a person to choose from, those chosen lately first.
struct IdentityCandidates {
  /// The identities in the order they are shown.
  let records: [IdentityRecord]
  private let listing: Listing

  package init(_ candidates: [IdentityRecord], context: CommandContext) throws(AuthError) {
    let places = Dictionary(
      try context.recentIdentities(in: context.configuration).names.enumerated().map { ($1, $0) },
      uniquingKeysWith: { first, _ in first })
    func place(_ record: IdentityRecord) -> Int { places[record.name.lowercased()] ?? .max }
    records = candidates.enumerated()
      .sorted { (place($0.element), $0.offset) < (place($1.element), $1.offset) }
      .map(\.element)
    listing = try Listing(
      catalog: try context.configuration.readableCatalog(),
      sessions: try context.sessionFacts(), now: context.now,
      filter: Listing.Filter(providers: nil, identities: nil, tags: []))
  }

  /// One item for each record.
  var items: [PickerItem] {
    records.map { record in
      let state = listing.state(record).text ?? ""
      let mark = record.isProtected ? "protected" : ""
      let tags = record.tags.joined(separator: " ")
      return PickerItem(
        name: record.name,
        details: [
          state, mark, record.account ?? "", record.alias ?? "", tags, record.principal ?? "",
        ],
        keywords: [record.alias, record.account, record.principal, tags].compactMap { $0 })
    }
  }
}

extension CommandContext {
  /// Lets a person choose from identities of the configuration that the flags mean: in a list that narrows as they type, or by number where the terminal
  /// cannot move its cursor.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` when there is nobody to ask, or they left.
  package func pick(
    _ candidates: [IdentityRecord], why: String
  ) async throws(AuthError) -> Resolution {
    guard let terminal = person else {
      throw AuthError(
        .loginRequired, "interactive identity selection: requires a TTY",
        hints: ["name one with `--identity NAME`: \(Self.few(candidates.map(\.name)))"])
    }
    let choice = try IdentityCandidates(candidates, context: self)
    let index: Int
    if Picker.isPossible(environment: surroundings.environment) {
      guard
        let chosen = try system.choose(
          why, choice.items, surroundings.environment, flags.noColor)
      else {
        throw AuthError(.declined, "nobody was chosen")
      }
      index = chosen
    } else {
      index = try await Menu(
        title: why, choices: choice.records.map(\.name), terminal: terminal,
        show: { [err] in err.write($0 + "\n") }
      ).choose()
    }
    let record = choice.records[index]
    say("\(err.symbol("✓", plain: "ok")) Selected identity: \(record.name)")
    try recentIdentities(in: configuration).note(record.name)
    return Resolution(record, by: .person, in: configuration)
  }

  private static func few(_ names: [String]) -> String {
    let shown = names.prefix(8).joined(separator: ", ")
    return names.count > 8 ? "\(shown), … (\(names.count) in all)" : shown
  }
}
