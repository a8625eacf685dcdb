public import Core

extension Definition {
  /// The text at a path, white space at its ends taken off; `nil` when it is missing or empty.
  ///
  /// An empty text counts as missing: `!env` gives one for a variable that is not set.
  public func text(_ path: String...) -> String? {
    guard let text = node.value(at: path)?.text?.trimmed, !text.isEmpty else { return nil }
    return text
  }

  /// The seconds at a path; `nil` when it is missing or no duration.
  public func seconds(_ path: String...) -> Int64? {
    node.value(at: path)?.text.flatMap { DurationText.seconds($0.trimmed) }
  }

  /// The texts of the list at a path; a single text counts as a list of one.
  public func texts(_ path: String...) -> [String] {
    guard let value = node.value(at: path) else { return [] }
    if let text = value.text?.trimmed { return text.isEmpty ? [] : [text] }
    return value.elements.compactMap { $0.text?.trimmed }
  }

  /// Where the value at a path stands, or else the name of the definition.
  public func place(_ path: String...) -> SourceMark {
    node.value(at: path)?.mark ?? mark
  }

  /// What traits say of a value: what was written where it came from a variable or a command,
  /// since such values are often secrets, else the text.
  public func shownText(_ path: String...) -> String? {
    guard let value = node.value(at: path) else { return nil }
    return value.expression ?? value.text
  }

  /// A diagnostic about this definition at the value of `path`.
  public func fault(
    _ severity: Diagnostic.Severity, _ path: [String], _ what: String, suggestion: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      severity, "\(section.rawValue) `\(name)`: \(what)",
      mark: node.value(at: path)?.mark ?? mark, suggestion: suggestion)
  }

  /// The error of a definition that cannot work.
  public func broken(_ what: String, hint: String? = nil) -> AuthError {
    AuthError(
      .badConfiguration, "\(section.rawValue) `\(name)`: \(what)", hints: hint.map { [$0] } ?? [])
  }

  /// An error unless one of the paths has a value.
  public func requireOne(of paths: [String]) -> [Diagnostic] {
    let values = paths.map { node.value(at: $0.split(separator: ".").map(String.init)) }
    if values.contains(where: { $0 != nil }) { return [] }
    let shown = paths.map { "`\($0)`" }.joined(separator: " or ")
    return [
      Diagnostic(
        .error, "\(section.rawValue) `\(name)`: \(shown) is missing", mark: mark,
        suggestion: paths.contains("principal.account.id")
          ? "such as `account: { id: \"123456789012\" }`" : nil, code: "missing-field")
    ]
  }
}
