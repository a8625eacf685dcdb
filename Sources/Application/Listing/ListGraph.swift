import AuthConfiguration
import Core

/// Which identity depends on which, as a diagram.
struct ListGraph {
  private struct Node {
    var id: String
    var name: String
    var kind: String
    var isProvider: Bool
    var isDefault: Bool
  }

  private var nodes: [Node] = []
  private var edges: [(from: String, to: String)] = []

  package init(_ listing: Listing) {
    var providerIDs: [String: String] = [:]
    var identityIDs: [String: String] = [:]
    // Numbered, since two names may differ only in characters that a diagram's ids cannot hold.
    for (index, provider) in listing.providers.enumerated() {
      providerIDs[provider.name.lowercased()] = "p\(index + 1)"
      nodes.append(
        Node(
          id: "p\(index + 1)", name: provider.name, kind: provider.kind, isProvider: true,
          isDefault: provider.isDefault))
    }
    for (index, identity) in listing.identities.enumerated() {
      identityIDs[identity.name.lowercased()] = "i\(index + 1)"
      nodes.append(
        Node(
          id: "i\(index + 1)", name: identity.name, kind: identity.kind, isProvider: false,
          isDefault: identity.isDefault))
    }
    for identity in listing.identities {
      guard let to = identityIDs[identity.name.lowercased()] else { continue }
      if let from = identity.viaProvider.flatMap({ providerIDs[$0.lowercased()] }) {
        edges.append((from, to))
      } else if let from = identity.viaIdentity.flatMap({ identityIDs[$0.lowercased()] }) {
        edges.append((from, to))
      }
    }
  }

  /// The DOT language of Graphviz.
  var graphviz: String {
    var lines = ["digraph AuthConfig {", "  rankdir=LR;", "  node [shape=box, style=rounded];"]
    for node in nodes {
      let label = "\(dotText(node.name))\\n(\(dotText(node.kind)))"
      let color = node.isDefault ? (node.isProvider ? "lightblue" : "lightgreen") : nil
      let fill = color.map { ", style=\"rounded,filled\", fillcolor=\($0)" } ?? ""
      lines.append("  \(node.id) [label=\"\(label)\"\(fill)];")
    }
    lines += edges.map { "  \($0.from) -> \($0.to);" }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  /// Mermaid's flowchart language.
  var mermaid: String {
    var lines = ["graph LR"]
    for node in nodes {
      let style = node.isDefault ? "default" : node.isProvider ? "provider" : "identity"
      lines.append(
        "  \(node.id)[\"\(mermaidText(node.name))<br/>\(mermaidText(node.kind))\"]:::\(style)")
    }
    lines += edges.map { "  \($0.from) --> \($0.to)" }
    lines += [
      "  classDef provider fill:#e1f5fe", "  classDef identity fill:#f3e5f5",
      "  classDef default fill:#c8e6c9",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  private func dotText(_ text: String) -> String {
    DisplayText.sanitized(text).map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined()
  }

  private func mermaidText(_ text: String) -> String {
    DisplayText.sanitized(text).map { character in
      switch character {
      case "\"": "#quot;"
      case "<": "#lt;"
      case ">": "#gt;"
      case "&": "#amp;"
      case "#": "#35;"
      default: String(character)
      }
    }.joined()
  }
}
