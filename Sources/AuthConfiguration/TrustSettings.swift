internal import Core
internal import Model

/// `auth.trust`: what a person says about trust, in their own configuration only.
public struct TrustSettings: Sendable, Equatable {
  /// `strict`: whether a checkout does not count as allowed in a job of continuous integration.
  public var isStrict = false
  /// `directories`: where files may belong to others or be written by them; absolute.
  public var directories: [String] = []
}

extension TrustSettings {
  static let fields: [Field] = [
    Field("trust", .any, "`strict`, or a map."),
    Field("trust.mode", .oneOf(["strict"]), "Whether jobs need `allow`, too."),
    Field("trust.directories", .texts, "Directories whose owner and mode do not count."),
  ]

  /// Reads `auth.trust`: the word `strict`, or a map with `mode` and `directories`.
  ///
  /// A word that is not known counts as `strict`, since whoever wrote it wanted less to be allowed.
  init(_ node: ConfigNode, home: String?, faults: inout [Diagnostic]) {
    guard let value = node["trust"], !value.isNull else { return }
    let word = value.text ?? value["mode"]?.text ?? ""
    isStrict = !word.trimmed.isEmpty
    let isMap = if case .mapping = value.content { true } else { false }
    if !isMap, value.text?.trimmed != "strict" {
      faults.append(
        Diagnostic(
          .error, "auth: `trust` must be `strict`, or a map", mark: value.mark,
          suggestion: "with `mode:` and `directories:` in it", code: "unknown-value"))
    }
    let listed = value["directories"]
    let elements = listed?.text == nil ? listed?.elements ?? [] : [listed].compactMap { $0 }
    directories = elements.compactMap { element in
      guard let text = element.text?.trimmed, !text.isEmpty else { return nil }
      return PathText.absolute(
        PathText.expandingHome(text, home: home), from: FileSystem.parent(of: element.mark.file))
    }
  }
}
