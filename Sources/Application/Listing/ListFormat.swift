package import Core

/// A form of `list`.
package enum ListFormat: String, CaseIterable {
  case tree
  case table
  case json
  case yaml
  case graphviz
  case mermaid
  case markdown

  package static var allNames: String { allCases.map(\.rawValue).joined(separator: ", ") }

  package init(argument: String) throws(AuthError) {
    let names = ["dot": "graphviz", "md": "markdown"]
    guard let format = ListFormat(rawValue: names[argument] ?? argument) else {
      throw AuthError(
        .usage, "invalid format: unsupported format: \(argument)",
        hints: ["use one of \(Self.allNames)"])
    }
    self = format
  }
}
