internal import Core

/// How a manifest gets its name from its variables.
enum StackName {
  /// A part of a pattern or template.
  private enum Part {
    case literal(String)
    case variable(String)
  }

  /// The name that settings give a manifest.
  ///
  /// - Parameters:
  ///   - settings: The pattern or template.
  ///   - stated: `name:` of the manifest, which beats both.
  ///   - path: The manifest's path below the directory of all, without its ending.
  ///   - variables: The values of variables; one that is an expression is missing.
  /// - Returns: `nil` if a variable is missing, so that the manifest is not a stack.
  /// - Throws: ``StackFault`` for a template that does more than put values together.
  static func of(
    _ settings: StackSettings, stated: String?, path: String, _ variables: [String: String]
  ) throws(StackFault) -> String? {
    if let stated, !stated.isEmpty { return stated }
    if let template = settings.nameTemplate, !template.isEmpty {
      var name = ""
      for part in try parts(ofTemplate: template) {
        switch part {
        case .literal(let text): name += text
        case .variable(let variable):
          guard let value = variables[variable] else { return nil }
          name += value
        }
      }
      return name
    }
    if let pattern = settings.namePattern, !pattern.isEmpty {
      // atmos takes the places at the dashes, and drops what is none of its four variables.
      var values: [String] = []
      for part in pattern.split(separator: "-") {
        guard let variable = patternVariables.first(where: { part == "{\($0)}" }) else { continue }
        guard let value = variables[variable] else { return nil }
        values.append(value)
      }
      return values.joined(separator: "-")
    }
    return path
  }

  /// The variables that a pattern may name.
  static let patternVariables = ["namespace", "tenant", "environment", "stage"]

  /// The variables that the settings need.
  static func variables(_ settings: StackSettings) -> [String] {
    let parts = (try? settings.nameTemplate.map(parts(ofTemplate:))) ?? nil
    let named = (parts ?? []).compactMap { if case .variable(let name) = $0 { name } else { nil } }
    return patternVariables + named
  }

  // `{{ .vars.tenant }}-{{.vars.stage}}`
  private static func parts(ofTemplate template: String) throws(StackFault) -> [Part] {
    var parts: [Part] = []
    var rest = template[...]
    while let start = rest.firstRange(of: "{{") {
      parts.append(.literal(String(rest[..<start.lowerBound])))
      guard let end = rest[start.upperBound...].firstRange(of: "}}") else { break }
      let inner = String(rest[start.upperBound..<end.lowerBound])
        .trimmingPrefix("-").trimmed
      let name = inner.dropFirst(".vars.".count)
      guard inner.hasPrefix(".vars."), !name.isEmpty,
        name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
      else {
        throw StackFault("`stacks.name_template` holds `\(inner)`, which only atmos can tell")
      }
      parts.append(.variable(String(name)))
      rest = rest[end.upperBound...]
    }
    return parts + [.literal(String(rest))]
  }
}

/// Why it cannot be told without atmos what a stack says.
struct StackFault: Error, Equatable {
  var reason: String

  init(_ reason: String) { self.reason = reason }
}
