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
    var text = ""
    if !listing.providers.isEmpty {
      var table = Table([["NAME", "KIND", "REGION", "START URL / URL", "DEFAULT"]])
      for provider in listing.providers {
        table.append([
          provider.name, provider.kind, provider.region ?? "-", provider.url ?? "-",
          provider.isDefault ? stream.symbol("✓", plain: "yes") : "-",
        ])
      }
      text += "PROVIDERS\n" + table.lines().map { $0 + "\n" }.joined() + "\n"
    }
    if !listing.identities.isEmpty {
      var table = Table([
        ["", "NAME", "KIND", "VIA PROVIDER", "VIA IDENTITY", "DEFAULT", "ALIAS", "EXPIRES"]
      ])
      for identity in listing.identities {
        let isRoot = identity.viaIdentity == nil
        let viaProvider = identity.viaProvider ?? (isRoot ? identity.listedProvider : nil) ?? "-"
        table.append([
          identity.isProtected ? "!" : "", identity.name, identity.kind, viaProvider,
          identity.viaIdentity ?? "-",
          identity.isDefault ? stream.symbol("✓", plain: "yes") : "-", identity.alias ?? "-",
          listing.state(identity).text ?? "-",
        ])
      }
      text += "IDENTITIES\n" + table.lines().map { $0 + "\n" }.joined()
    }
    return text.isEmpty ? "No providers or identities configured.\n" : text
  }
}
