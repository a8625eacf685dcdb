internal import Core
internal import Model

/// Where an `atmos.yaml` says that stacks are, and how they get their names.
struct StackSettings {
  /// The directory of the manifests, absolute.
  var base: String
  /// Patterns of the manifests that are stacks, below ``base``.
  var included: [String]
  /// Patterns of those that are not, though others may import them.
  var excluded: [String]
  /// `name_pattern`, such as `{tenant}-{environment}-{stage}`.
  var namePattern: String?
  /// `name_template`.
  var nameTemplate: String?

  /// The variables that beat the file, as in atmos.
  static let variables = [
    "ATMOS_STACKS_BASE_PATH", "ATMOS_STACKS_INCLUDED_PATHS", "ATMOS_STACKS_EXCLUDED_PATHS",
    "ATMOS_STACKS_NAME_PATTERN", "ATMOS_STACKS_NAME_TEMPLATE",
  ]

  /// Reads them.
  ///
  /// - Parameters:
  ///   - node: `stacks:`.
  ///   - root: The directory that `base_path` means.
  ///   - variable: The value of a variable.
  init(_ node: ConfigNode, root: String, variable: (String) -> String?) {
    func value(_ name: String, _ key: String) -> String? {
      let given = variable(name).flatMap { $0.isEmpty ? nil : $0 } ?? node[key]?.text
      return given?.trimmed
    }
    func list(_ name: String, _ key: String) -> [String] {
      if let given = variable(name), !given.isEmpty {
        return given.split(separator: ",").map { String($0).trimmed }
      }
      return node[key].map { $0.text.map { [$0] } ?? $0.elements.compactMap(\.text) } ?? []
    }
    base = PathText.absolute(value("ATMOS_STACKS_BASE_PATH", "base_path") ?? "stacks", from: root)
    let included = list("ATMOS_STACKS_INCLUDED_PATHS", "included_paths")
    self.included = included.isEmpty ? ["**/*"] : included
    excluded = list("ATMOS_STACKS_EXCLUDED_PATHS", "excluded_paths")
    namePattern = value("ATMOS_STACKS_NAME_PATTERN", "name_pattern")
    nameTemplate = value("ATMOS_STACKS_NAME_TEMPLATE", "name_template")
  }
}
