import AuthConfiguration
import Core
import Terminal

/// Providers with the identities that start at them, as a tree.
struct ListTree {
  package var listing: Listing
  package var stream: Stream

  /// Deeper chains cannot be used, and drawing one takes a call for each of its links.
  private static let depthLimit = 100

  private struct Branch {
    var label: String
    var children: [Branch] = []
  }

  package var text: String {
    // Children by parent, so that 5,000 identities take one pass.
    var byProvider: [String: [IdentityRecord]] = [:]
    var byIdentity: [String: [IdentityRecord]] = [:]
    var standalone: [IdentityRecord] = []
    let shown = Set(listing.identities.map { $0.name.lowercased() })
    for identity in listing.identities {
      if let provider = identity.viaProvider {
        byProvider[provider.lowercased(), default: []].append(identity)
      } else if let parent = identity.viaIdentity, shown.contains(parent.lowercased()) {
        byIdentity[parent.lowercased(), default: []].append(identity)
      } else {
        standalone.append(identity)
      }
    }
    standalone += circular(byProvider.values.joined() + standalone, byIdentity)
    var branches: [Branch] = []
    for provider in listing.providers {
      let own = byProvider.removeValue(forKey: provider.name.lowercased()) ?? []
      branches.append(
        Branch(
          label: label(provider),
          children: attributes(provider) + identities(own, byIdentity)))
    }
    for (name, own) in byProvider.sorted(by: { $0.key < $1.key }) {
      branches.append(
        Branch(label: "\(clean(name)) (filtered)", children: identities(own, byIdentity)))
    }
    if !standalone.isEmpty {
      branches.append(
        Branch(
          label: stream.styled("Standalone Identities", .strong),
          children: identities(standalone, byIdentity)))
    }
    var lines = [stream.styled(" Authentication Configuration ", .strong)]
    draw(branches, indent: "", into: &lines)
    return lines.joined(separator: "\n") + "\n"
  }

  // One identity of each circle: those depend on nothing that is shown.
  private func circular(
    _ roots: [IdentityRecord], _ byIdentity: [String: [IdentityRecord]]
  ) -> [IdentityRecord] {
    guard !byIdentity.isEmpty else { return [] }
    var reached: Set<String> = []
    func reach(_ records: [IdentityRecord]) {
      var waiting = records
      while let record = waiting.popLast() {
        let key = record.name.lowercased()
        if reached.insert(key).inserted { waiting += byIdentity[key] ?? [] }
      }
    }
    reach(roots)
    return listing.identities.filter { identity in
      guard !reached.contains(identity.name.lowercased()) else { return false }
      reach([identity])
      return true
    }
  }

  private func label(_ provider: ProviderRecord) -> String {
    stream.styled(clean(provider.name), .strong) + " (\(clean(provider.kind)))"
      + (provider.isDefault ? " [DEFAULT]" : "")
  }

  private func attributes(_ provider: ProviderRecord) -> [Branch] {
    [("Region", provider.region), ("URL", provider.url)].compactMap { name, value in
      value.map { Branch(label: "\(name): \(clean($0))") }
    }
  }

  private func identities(
    _ records: [IdentityRecord], _ byIdentity: [String: [IdentityRecord]], path: Set<String> = []
  ) -> [Branch] {
    guard path.count < Self.depthLimit else {
      return records.isEmpty ? [] : [Branch(label: stream.symbol("…", plain: "..."))]
    }
    return records.map { record in
      let key = record.name.lowercased()
      guard !path.contains(key) else {
        return Branch(label: "\(clean(record.name)) (cycle detected)")
      }
      var children: [Branch] = []
      if let principal = record.principal {
        children.append(Branch(label: "Principal: \(clean(principal))"))
      }
      // Nearly all have nobody below them, and need no path of their own.
      if let below = byIdentity[key] {
        children += identities(below, byIdentity, path: path.union([key]))
      }
      return Branch(label: label(record), children: children)
    }
  }

  private func label(_ record: IdentityRecord) -> String {
    let state = listing.state(record)
    let dot = stream.symbol("●", plain: "*")
    var text =
      switch state {
      case .none: stream.symbol("○", plain: "-")
      case .valid: stream.styled(dot, .good)
      case .ending: stream.styled(dot, .warning)
      case .ended: stream.styled(dot, .bad)
      }
    text += " \(clean(record.name)) (\(clean(record.kind)))"
    if record.isDefault { text += " [DEFAULT]" }
    if record.isProtected { text += " " + stream.styled("[PROTECTED]", .bad) }
    if let alias = record.alias { text += " [ALIAS: \(clean(alias))]" }
    if let left = state.text { text += " \(left)" }
    return text
  }

  private func draw(_ branches: [Branch], indent: String, into lines: inout [String]) {
    let (tee, corner, bar) =
      stream.hasUnicode ? ("├─ ", "└─ ", "│  ") : ("|- ", "`- ", "|  ")
    for (index, branch) in branches.enumerated() {
      let isLast = index == branches.count - 1
      lines.append(indent + (isLast ? corner : tee) + branch.label)
      draw(branch.children, indent: indent + (isLast ? "   " : bar), into: &lines)
    }
  }

  private func clean(_ text: String) -> String { DisplayText.sanitized(text) }
}
