import Core

/// `mfa.sources` of a definition or of `auth`: a source, or a list of them in their order.
///
/// A source is a word, or a map of one word to what it needs: `pass: aws/jane`.
public struct CodeSourceList: Sendable {
  /// The sources, those that are written wrongly left out.
  public var sources: [CodeSource] = []
  /// What is wrong with the others.
  public var faults: [Diagnostic] = []
  /// The commands of `command`, on one line each, by the files that say so: those have to be
  /// trusted with running them.
  public var commands: [(file: String, expression: String)] = []
  /// The words of these commands, by the files that say so.
  public var programs: [(file: String, words: [String])] = []

  /// Reads a value; messages call its holder `subject`.
  public init(_ node: ConfigNode, subject: String) {
    let elements = node.text == nil ? node.elements : [node]
    if elements.isEmpty {
      faults.append(
        Diagnostic(
          .error, "\(subject): `mfa.sources` must be a list of sources", mark: node.mark,
          suggestion: Self.example, code: "wrong-type"))
    }
    for element in elements { read(element, subject) }
  }

  private static let example = "write `[ykman, terminal]`, say; sources are \(list)"
  private static let list = CodeSource.names.map { "`\($0)`" }.joined(separator: ", ")

  private mutating func read(_ node: ConfigNode, _ subject: String) {
    if let word = node.text?.trimmed { return read(word, nil, node, subject) }
    guard node.entries.count == 1, let entry = node.entries.first else {
      faults.append(
        Diagnostic(
          .error, "\(subject): an item of `mfa.sources` must be a word, or one word with its value",
          mark: node.mark, suggestion: Self.example, code: "wrong-type"))
      return
    }
    read(entry.key.lowercased(), entry.value, node, subject)
  }

  private mutating func read(
    _ word: String, _ value: ConfigNode?, _ node: ConfigNode, _ subject: String
  ) {
    func fault(_ what: String, _ suggestion: String?, code: String = "invalid-value") {
      faults.append(
        Diagnostic(
          .error, "\(subject): \(what)", mark: (value ?? node).mark, suggestion: suggestion,
          code: code))
    }
    let text = value?.text?.trimmed
    switch word {
    case "keyring", "terminal", "desktop":
      guard value == nil else { return fault("`\(word)` in `mfa.sources` takes no value", nil) }
      sources.append(word == "keyring" ? .keyring : word == "terminal" ? .terminal : .desktop)
    case "ykman", "pass", "op":
      if value == nil, word == "ykman" { return sources.append(.yubiKey(account: nil)) }
      guard let text, !text.isEmpty else {
        return fault(
          "`\(word)` in `mfa.sources` needs a name",
          word == "pass" ? "write `pass: aws/jane`" : "write `\(word): NAME`")
      }
      // It would be an option of the program.
      guard !text.hasPrefix("-") else {
        return fault("`\(word)` in `mfa.sources` cannot have a name that begins with `-`", nil)
      }
      sources.append(
        word == "ykman"
          ? .yubiKey(account: text) : word == "pass" ? .pass(entry: text) : .onePassword(item: text)
      )
    case "command":
      let words = value?.elements.compactMap(\.text) ?? []
      guard let value, !words.isEmpty, words.count == value.elements.count, words[0] != "" else {
        return fault(
          "`command` in `mfa.sources` must be a list of words",
          "no shell reads it: write `command: [my-codes, aws]`", code: "wrong-type")
      }
      sources.append(.command(words, directory: FileSystem.parent(of: value.mark.file)))
      let expression = "mfa.sources.command = \(JSONText.words(words))"
      // A list may be put together from several files.
      for file in Set((value.elements + [value]).map(\.mark.file)).sorted() {
        commands.append((file, expression))
        programs.append((file, words))
      }
    default:
      let shown = DisplayText.sanitized(word, limit: 80)
      fault(
        "unknown source `\(shown)` in `mfa.sources`",
        NearName.nearest(to: word, in: CodeSource.names).map { "did you mean `\($0)`?" }
          ?? "sources are \(Self.list)", code: "unknown-value")
    }
  }
}

extension Definition {
  /// `mfa.sources`; `nil` when it is not written.
  public var codeSources: CodeSourceList? {
    guard let node = node["mfa", "sources"], !node.isNull else { return nil }
    return CodeSourceList(node, subject: "\(section.rawValue) `\(name)`")
  }
}

extension Field {
  /// `mfa.sources`, of every kind that may need a one-time code.
  public static let codeSources = Field(
    "mfa.sources", .any,
    "Where codes come from, in order: \(CodeSource.names.joined(separator: ", ")); atmos ignores this."
  )
}
