import AuthConfiguration
import Core
package import Terminal

/// `list` in each of its forms.
package enum ListRendering {
  package static func text(
    _ listing: Listing, as format: ListFormat, on stream: Stream
  ) -> String {
    switch format {
    case .tree: ListTree(listing: listing, stream: stream).text
    case .table: table(listing, on: stream)
    case .json: JSONText.indented(json(listing))
    case .yaml: JSONToYAML.text(json(listing))
    case .graphviz: ListGraph(listing).graphviz
    case .mermaid: ListGraph(listing).mermaid
    case .markdown:
      "# Authentication Configuration\n\n```mermaid\n\(ListGraph(listing).mermaid)```\n"
    }
  }

  /// `{"identities":{…},"providers":{…}}`, as configured, with secrets masked; identities that have
  /// a session with its `state` and `expiration`.
  private static func json(_ listing: Listing) -> String {
    JSONText.object([
      ("identities", JSONText.object(listing.identities.map { ($0.name, json($0, listing)) })),
      ("providers", JSONText.object(listing.providers.map { ($0.name, $0.maskedJSON) })),
    ])
  }

  private static func json(_ identity: IdentityRecord, _ listing: Listing) -> String {
    guard let word = listing.state(identity).word else { return identity.maskedJSON }
    var members = [("state", JSONText.string(word))]
    if let expiry = listing.expiry(identity) {
      members.append(("expiration", JSONText.string(Timestamp.rfc3339(expiry))))
    }
    return JSONText.adding(members, to: identity.maskedJSON)
  }

  private static func table(_ listing: Listing, on stream: Stream) -> String {
    let width = stream.isTerminal ? stream.columns : nil
    var sections: [String] = []
    var marks: Set<Mark> = []
    if !listing.providers.isEmpty {
      var table = Table([["", "NAME", "KIND", "REGION", "URL"]])
      for provider in listing.providers {
        let mark = Mark(isDefault: provider.isDefault, isProtected: false)
        marks.insert(mark)
        table.append([
          mark.text, provider.name, provider.kind, provider.region ?? "-", provider.url ?? "-",
        ])
      }
      sections.append(section("PROVIDERS", table, width))
    }
    if !listing.identities.isEmpty {
      var table = Table([["", "NAME", "KIND", "VIA", "ALIAS", "EXPIRES"]])
      for identity in listing.identities {
        let mark = Mark(isDefault: identity.isDefault, isProtected: identity.isProtected)
        marks.insert(mark)
        table.append([
          mark.text, identity.name, identity.kind,
          identity.viaIdentity ?? identity.viaProvider ?? identity.listedProvider ?? "-",
          identity.alias ?? "-", listing.state(identity).text ?? "-",
        ])
      }
      sections.append(section("IDENTITIES", table, width))
    }
    let legend = [
      marks.contains { $0.isDefault } ? "* default" : nil,
      marks.contains { $0.isProtected } ? "! protected" : nil,
    ].compactMap { $0 }
    if !legend.isEmpty { sections.append(legend.joined(separator: "   ") + "\n") }
    return sections.joined(separator: "\n")
  }

  private static func section(_ title: String, _ table: Table, _ width: Int?) -> String {
    let table = table.withoutEmpty(["", "ALIAS", "REGION", "URL"])
    return title + "\n" + table.lines(width: width).map { $0 + "\n" }.joined()
  }

  /// What stands in front of a name.
  private struct Mark: Hashable {
    var isDefault: Bool
    var isProtected: Bool
    var text: String { (isDefault ? "*" : "") + (isProtected ? "!" : "") }
  }
}
