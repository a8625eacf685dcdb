internal import Core
internal import Model

/// Carries out the YAML tags of `auth:` and of what decides where it is read from.
///
/// `!exec` is not run here: the node keeps its expression, and whoever needs the output of that one
/// definition runs it, when the person trusts the file. `!append` and `!unset` stay for merging.
struct TagResolver {
  let log: InputLog
  let workingDirectory: String
  let gitRoot: String?
  let basePath: String?
  /// The files being included, outermost first.
  var stack: [String] = []
  /// Where the value is that is being resolved.
  var place = YAMLReader.Place()

  /// The node with its tags carried out; what could not be is null, still has its expression, and
  /// is in `faults`.
  func resolve(_ node: ConfigNode, _ faults: inout [Diagnostic]) -> ConfigNode {
    var node = node
    if let tag = node.tag, !node.isCommand, !node.isMergeInstruction {
      let argument = node.text ?? ""
      node = carryOut(String(tag), argument.trimmed, node, &faults)
      return node
    }
    switch node.content {
    case .null, .scalar: return node
    case .sequence(let elements):
      node.content = .sequence(elements.map { below("").resolve($0, &faults) })
    case .mapping(var entries):
      for index in entries.indices {
        entries[index].value = below(entries[index].key).resolve(entries[index].value, &faults)
      }
      mergeIncluded(&entries, &faults)
      node.content = .mapping(entries)
    }
    return node
  }

  private func below(_ key: String) -> TagResolver {
    var inner = self
    inner.place.depth += 1
    inner.place.keyBytes += key.utf8.count
    return inner
  }

  /// `<<: !include .env`, now that the file was read.
  private func mergeIncluded(_ entries: inout [ConfigNode.Entry], _ faults: inout [Diagnostic]) {
    guard let index = entries.firstIndex(where: { $0.key == "<<" }) else { return }
    let value = entries.remove(at: index).value
    let maps = value.elements.isEmpty ? [value] : value.elements
    if let wrong = entries.merge(maps) {
      faults.append(
        Diagnostic(
          .warning, "`<<` needs a map or a list of maps; this is left out", mark: wrong.mark,
          code: "bad-merge-key"))
    }
  }

  private func carryOut(
    _ tag: String, _ argument: String, _ node: ConfigNode, _ faults: inout [Diagnostic]
  ) -> ConfigNode {
    func fault(_ message: String, _ suggestion: String? = nil) -> ConfigNode {
      faults.append(
        Diagnostic(.error, message, mark: node.mark, suggestion: suggestion, code: "bad-tag"))
      return ConfigNode(.null, mark: node.mark, expression: node.expression)
    }
    func text(_ value: String) -> ConfigNode {
      ConfigNode(.scalar(value, isQuoted: true), mark: node.mark, expression: node.expression)
    }
    if node.text == nil {
      return fault("tag `\(tag)` is on a list or a map", "it takes one line of text")
    }
    switch tag {
    case "!env":
      return variable(argument, node, &faults)
    case "!include", "!include.raw":
      return include(argument, isRaw: tag == "!include.raw", node, &faults)
    case "!repo-root", "!git.root":
      log.noteGitRoot()
      if let gitRoot { return text(gitRoot) }
      let fallback = Self.unquoted(argument)
      guard !fallback.isEmpty else {
        return fault("`\(tag)`: there is no git repository around the working directory")
      }
      log.noteWorkingDirectory()
      return text(PathText.absolute(fallback, from: workingDirectory))
    case "!cwd":
      log.noteWorkingDirectory()
      return text(PathText.absolute(Self.unquoted(argument), from: workingDirectory))
    case "!random":
      let bounds = argument.split(separator: " ").map { Int($0) }
      let low = bounds.count == 2 ? bounds[0] : 0
      let high = bounds.isEmpty ? 65_535 : bounds[bounds.count - 1]
      guard bounds.count <= 2, let low, let high, low <= high else {
        return fault("`!random \(argument)`: the bounds are not two numbers", "`!random 1 100`")
      }
      return text(String(Int.random(in: low...high)))
    default:
      let shown = DisplayText.sanitized(tag, limit: 60)
      return fault(
        "tag `\(shown)` cannot be used here",
        Suggestion.didYouMean(tag, among: Self.known, within: log.suggestions)
          ?? (Self.isForStacks(tag) ? "it is for stack files; here `!env` or `!exec` may do" : nil))
    }
  }

  private static let known = [
    "!env", "!exec", "!include", "!include.raw", "!repo-root", "!git.root", "!cwd", "!random",
    "!unset", "!append",
  ]

  private static func isForStacks(_ tag: String) -> Bool {
    ["!terraform", "!store", "!secret", "!aws", "!template", "!git"].contains { tag.hasPrefix($0) }
  }

  // MARK: !env

  /// `!env NAME` or `!env NAME default`; a variable that is missing and has no default gives null.
  private func variable(
    _ argument: String, _ node: ConfigNode, _ faults: inout [Diagnostic]
  ) -> ConfigNode {
    let name = String(argument.prefix { $0 != " " })
    guard Self.isVariableName(name) else {
      faults.append(
        Diagnostic(
          .error, "`!env` needs the name of a variable", mark: node.mark,
          suggestion: "`!env AWS_REGION` or `!env AWS_REGION eu-west-1`", code: "bad-tag"))
      return ConfigNode(.null, mark: node.mark, expression: node.expression)
    }
    let fallback = argument.dropFirst(name.count).trimmed
    // Without the default, which may be the only thing in the expression that is secret.
    let expression = "!env \(name)"
    let value = log.variable(name) ?? (fallback.isEmpty ? nil : Self.unquoted(fallback))
    return ConfigNode(
      value.map { .scalar($0, isQuoted: true) } ?? .null, mark: node.mark, expression: expression)
  }

  private static func isVariableName(_ name: String) -> Bool {
    guard let first = name.utf8.first, !(0x30...0x39).contains(first) else { return false }
    return name.utf8.allSatisfy { byte in
      byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte)
        || (0x61...0x7a).contains(byte | 0x20)
    }
  }

  static func unquoted(_ text: String) -> String {
    for quote in ["\"", "'"] where text.count >= 2 && text.hasPrefix(quote) && text.hasSuffix(quote)
    {
      return String(text.dropFirst().dropLast())
    }
    return text
  }
}

extension ConfigNode {
  /// Whether merging has to see the tag.
  var isMergeInstruction: Bool { tag == "!append" || tag == "!unset" }
}
