import AuthConfiguration
import Core
import Terminal

/// Providers with the identities that start at them, as a tree.
///
/// It is written in one go, and identities are known by their place in the listing: a list of 5,000
/// is drawn while a person waits for it.
struct ListTree {
  private let listing: Listing
  private let stream: Stream
  /// The lowercased names, by place in the listing.
  private let keys: [String]
  private var byIdentity: [String: [Int]] = [:]
  private var tops: [Top] = []

  /// Deeper chains cannot be used, and drawing one takes a call for each of its links.
  private static let depthLimit = 100

  private struct Top {
    var label: String
    var attributes: [String] = []
    var identities: [Int]
  }

  init(listing: Listing, stream: Stream) {
    self.listing = listing
    self.stream = stream
    keys = listing.identities.map { $0.name.lowercased() }
    // Children by parent, so that 5,000 identities take one pass.
    var byProvider: [String: [Int]] = [:]
    var standalone: [Int] = []
    let shown = Set(keys)
    for (place, identity) in listing.identities.enumerated() {
      if let provider = identity.viaProvider {
        byProvider[provider.lowercased(), default: []].append(place)
      } else if let parent = identity.viaIdentity?.lowercased(), shown.contains(parent) {
        byIdentity[parent, default: []].append(place)
      } else {
        standalone.append(place)
      }
    }
    standalone += circular(byProvider.values.joined() + standalone)
    for provider in listing.providers {
      let own = byProvider.removeValue(forKey: provider.name.lowercased()) ?? []
      tops.append(
        Top(label: label(provider), attributes: attributes(provider), identities: own))
    }
    for (name, own) in byProvider.sorted(by: { $0.key < $1.key }) {
      tops.append(Top(label: "\(clean(name)) (filtered)", identities: own))
    }
    if !standalone.isEmpty {
      tops.append(
        Top(label: stream.styled("Standalone Identities", .strong), identities: standalone))
    }
  }

  var text: String {
    var text = stream.styled(" Authentication Configuration ", .strong) + "\n"
    for (place, top) in tops.enumerated() {
      let isLast = place == tops.count - 1
      add(top.label, "", isLast: isLast, to: &text)
      let indent = isLast ? "   " : bar
      for (place, attribute) in top.attributes.enumerated() {
        let isLast = place == top.attributes.count - 1 && top.identities.isEmpty
        add(attribute, indent, isLast: isLast, to: &text)
      }
      add(top.identities, indent, path: [], to: &text)
    }
    return text
  }

  // One identity of each circle: those depend on nothing that is shown.
  private func circular(_ roots: [Int]) -> [Int] {
    guard !byIdentity.isEmpty else { return [] }
    var isReached = Array(repeating: false, count: keys.count)
    func reach(_ places: [Int]) {
      var waiting = places
      while let place = waiting.popLast() {
        guard !isReached[place] else { continue }
        isReached[place] = true
        if let below = byIdentity[keys[place]] { waiting += below }
      }
    }
    reach(roots)
    return keys.indices.filter { place in
      guard !isReached[place] else { return false }
      reach([place])
      return true
    }
  }

  private func label(_ provider: ProviderRecord) -> String {
    stream.styled(clean(provider.name), .strong) + " (\(clean(provider.kind)))"
      + (provider.isDefault ? " [DEFAULT]" : "")
  }

  private func attributes(_ provider: ProviderRecord) -> [String] {
    [("Region", provider.region), ("URL", provider.url)].compactMap { name, value in
      value.map { "\(name): \(clean($0))" }
    }
  }

  /// Adds identities, each with its principal and those that are based on it.
  private func add(_ places: [Int], _ indent: String, path: Set<String>, to text: inout String) {
    guard path.count < Self.depthLimit else {
      if !places.isEmpty { add(stream.symbol("…", plain: "..."), indent, isLast: true, to: &text) }
      return
    }
    for (index, place) in places.enumerated() {
      let record = listing.identities[place]
      let isLast = index == places.count - 1
      guard !path.contains(keys[place]) else {
        add("\(clean(record.name)) (cycle detected)", indent, isLast: isLast, to: &text)
        continue
      }
      add(label(record), indent, isLast: isLast, to: &text)
      let below = byIdentity[keys[place]] ?? []
      let deeper = indent + (isLast ? "   " : bar)
      if let principal = record.principal {
        add("Principal: \(clean(principal))", deeper, isLast: below.isEmpty, to: &text)
      }
      // Nearly all have nobody below them, and need no path of their own.
      if !below.isEmpty { add(below, deeper, path: path.union([keys[place]]), to: &text) }
    }
  }

  private func add(_ label: String, _ indent: String, isLast: Bool, to text: inout String) {
    text += indent
    text += isLast ? corner : tee
    text += label
    text += "\n"
  }

  private var tee: String { stream.symbol("├─ ", plain: "|- ") }
  private var corner: String { stream.symbol("└─ ", plain: "`- ") }
  private var bar: String { stream.symbol("│  ", plain: "|  ") }

  private func label(_ record: IdentityRecord) -> String {
    let state = listing.state(record)
    var text =
      switch state {
      case .none: stream.symbol("○", plain: "-")
      case .valid: stream.styled(dot, .good)
      case .ending: stream.styled(dot, .warning)
      case .ended: stream.styled(dot, .bad)
      }
    text += " "
    text += clean(record.name)
    text += " ("
    text += clean(record.kind)
    text += ")"
    if record.isDefault { text += " [DEFAULT]" }
    if record.isProtected { text += " " + stream.styled("[PROTECTED]", .bad) }
    if let alias = record.alias { text += " [ALIAS: \(clean(alias))]" }
    if let left = state.text { text += " \(left)" }
    return text
  }

  private var dot: String { stream.symbol("●", plain: "*") }

  private func clean(_ text: String) -> String { DisplayText.sanitized(text) }
}
