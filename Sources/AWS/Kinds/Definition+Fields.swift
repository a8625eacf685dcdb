import Core
import Model

extension Definition {
  /// The text at a path, white space at its ends taken off; `nil` when it is missing or empty.
  ///
  /// An empty text counts as missing: `!env` gives one for a variable that is not set.
  func text(_ path: String...) -> String? {
    guard let text = node.value(at: path)?.text?.trimmed, !text.isEmpty else { return nil }
    return text
  }

  /// The seconds at a path; `nil` when it is missing or no duration.
  func seconds(_ path: String...) -> Int64? {
    node.value(at: path)?.text.flatMap { DurationText.seconds($0.trimmed) }
  }

  /// The texts of the list at a path; a single text counts as a list of one.
  func texts(_ path: String...) -> [String] {
    guard let value = node.value(at: path) else { return [] }
    if let text = value.text?.trimmed { return text.isEmpty ? [] : [text] }
    return value.elements.compactMap { $0.text?.trimmed }
  }

  /// Where the value at a path stands, or else the name of the definition.
  func place(_ path: String...) -> SourceMark {
    node.value(at: path)?.mark ?? mark
  }

  /// What traits say of a value: what was written where it came from a variable or a command,
  /// since such values are often secrets, else the text.
  func shownText(_ path: String...) -> String? {
    guard let value = node.value(at: path) else { return nil }
    return value.expression ?? value.text
  }

  /// A diagnostic about this definition at the value of `path`.
  func fault(
    _ severity: Diagnostic.Severity, _ path: [String], _ what: String, suggestion: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      severity, "\(role.rawValue) `\(name)`: \(what)",
      mark: node.value(at: path)?.mark ?? mark, suggestion: suggestion)
  }

  /// The error of a definition that cannot work.
  func broken(_ what: String, hint: String? = nil) -> AuthError {
    AuthError(
      .badConfiguration, "\(role.rawValue) `\(name)`: \(what)", hints: hint.map { [$0] } ?? [])
  }

  /// What is wrong with an MFA device that is named at `path`.
  func faultsOfDevice(_ path: [String]) -> [Diagnostic] {
    guard let device = node.value(at: path)?.text?.trimmed, !device.isEmpty else { return [] }
    let key = path.joined(separator: ".")
    if let fault = MFADeviceName.fault(device) {
      return [
        self.fault(.error, path, "`\(key)` \(fault.what)", suggestion: fault.remedy)
      ]
    }
    return []
  }
}

extension Field {
  /// `spec.endpoint_url` and its older spelling, of every kind that calls STS.
  static let endpoints: [Field] = [
    Field("spec.endpoint_url", .url, "Address of STS, in place of AWS' own."),
    Field("credentials.aws.resolver.url", .url, "The older spelling of `spec.endpoint_url`."),
  ]
}

extension Definition {
  /// The STS address that the definition gives, if it does.
  var endpointURL: String? {
    text("spec", "endpoint_url") ?? text("credentials", "aws", "resolver", "url")
  }
}
