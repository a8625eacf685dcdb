internal import Core
internal import Model

extension TagResolver {
  /// `!include FILE [.path]` and `!include.raw FILE`.
  func include(
    _ argument: String, isRaw: Bool, _ node: ConfigNode, _ faults: inout [Diagnostic]
  ) -> ConfigNode {
    do throws(IncludeFailure) {
      let (file, query) = Self.split(argument)
      let path = try self.path(file, from: node.mark.file)
      let content = try content(of: path, isRaw: isRaw, node, &faults)
      return try Self.value(at: query, in: content)
    } catch {
      faults.append(
        Diagnostic(
          .error, "`\(node.expression ?? "!include")`: \(error.reason)", mark: node.mark,
          suggestion: error.suggestion, code: "bad-include"))
      return ConfigNode(.null, mark: node.mark, expression: node.expression)
    }
  }

  private struct IncludeFailure: Error {
    var reason: String
    var suggestion: String?
  }

  private static func split(_ argument: String) -> (file: String, query: String) {
    for quote in ["\"", "'"] where argument.hasPrefix(quote) {
      let parts = argument.dropFirst().split(separator: Character(quote), maxSplits: 1)
      if let file = parts.first {
        return (String(file), parts.count == 2 ? parts[1].trimmed : "")
      }
    }
    let parts = argument.split(separator: " ", maxSplits: 1)
    return (parts.first.map(String.init) ?? "", parts.count == 2 ? parts[1].trimmed : "")
  }

  private func path(_ file: String, from holder: String) throws(IncludeFailure) -> String {
    guard !file.isEmpty else {
      throw IncludeFailure(reason: "the name of a file is missing")
    }
    guard !file.contains("://"), !file.hasPrefix("git::"), !file.hasPrefix("s3::") else {
      throw IncludeFailure(
        reason: "files from elsewhere are not fetched",
        suggestion: "keep a copy next to the configuration")
    }
    let beside = PathText.absolute(file, from: FileSystem.parent(of: holder))
    if !FileSystem.exists(beside), let basePath, !file.hasPrefix("."), !file.hasPrefix("/") {
      let below = PathText.absolute(file, from: basePath)
      if FileSystem.exists(below) { return below }
    }
    return beside
  }

  private func content(
    of path: String, isRaw: Bool, _ node: ConfigNode, _ faults: inout [Diagnostic]
  ) throws(IncludeFailure) -> ConfigNode {
    guard stack.count < log.budget.limits.levels else {
      throw IncludeFailure(
        reason: "files include files more than \(log.budget.limits.levels) levels deep")
    }
    // What was passed is the error of the whole reading.
    guard !log.budget.isOver else { return ConfigNode(.null, mark: node.mark) }
    guard !stack.contains(path), path != node.mark.file || isRaw else {
      throw IncludeFailure(reason: "the file includes itself")
    }
    log.noteIncluded(path)
    let bytes: [UInt8]
    do throws(AuthError) {
      guard let content = try log.read(path) else {
        if log.budget.isOver { return ConfigNode(.null, mark: node.mark) }
        throw AuthError(.system, "there is no file \(DisplayText.sanitized(path))")
      }
      bytes = content
    } catch {
      throw IncludeFailure(reason: error.message)
    }
    let start = SourceMark(file: path, line: 1, column: 1)
    let name = PathText.lastComponent(path)
    let fileExtension = name.hasPrefix(".env") ? "env" : PathText.fileExtension(path)
    switch isRaw ? "" : fileExtension {
    case "yaml", "yml", "json":
      let document = YAMLReader.read(bytes, file: path, budget: log.budget, at: place)
      faults += document.faults
      guard document.hasTags else { return document.root }
      var inner = self
      inner.stack.append(path)
      return inner.resolve(document.root, &faults)
    case "env":
      let entries = Dotenv.entries(bytes, file: path)
      log.budget.spend(.values, entries.count, for: path)
      log.budget.spend(.expandedBytes, bytes.count, for: path)
      return ConfigNode(.mapping(entries), mark: start)
    case "tf", "hcl", "tfvars":
      throw IncludeFailure(
        reason: "HCL files are not read", suggestion: "write the values as YAML or JSON")
    default:
      log.budget.spend(.expandedBytes, bytes.count, for: path)
      return ConfigNode(
        .scalar(String(decoding: bytes, as: UTF8.self), isQuoted: true), mark: start)
    }
  }

  /// The value at a path such as `.vars.regions[0]`.
  private static func value(
    at query: String, in node: ConfigNode
  ) throws(IncludeFailure) -> ConfigNode {
    var node = node
    var rest = query[...]
    while let first = rest.popFirst() {
      switch first {
      case ".":
        let key = rest.prefix { $0 != "." && $0 != "[" }
        rest = rest.dropFirst(key.count)
        guard !key.isEmpty else { continue }
        guard let next = node[unquoted(String(key))] else {
          throw IncludeFailure(reason: "there is nothing at `\(query)` in the file")
        }
        node = next
      case "[":
        let index = rest.prefix { $0 != "]" }
        rest = rest.dropFirst(index.count + 1)
        guard let index = Int(index), node.elements.indices.contains(index) else {
          throw IncludeFailure(reason: "there is nothing at `\(query)` in the file")
        }
        node = node.elements[index]
      default:
        throw IncludeFailure(
          reason: "`\(query)` is more than a path", suggestion: "paths look like `.vars.region`")
      }
    }
    return node
  }
}

/// `.env` files: `KEY=value` lines.
enum Dotenv {
  /// The variables of a file, in its order.
  static func entries(_ bytes: [UInt8], file: String) -> [ConfigNode.Entry] {
    var entries: [ConfigNode.Entry] = []
    var last: [String: Int] = [:]
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(omittingEmptySubsequences: false) { $0.isNewline }
    for (index, line) in lines.enumerated() {
      var text = line.trimmed
      if text.hasPrefix("export ") { text = text.dropFirst(7).trimmed }
      guard !text.hasPrefix("#"), let equals = text.firstIndex(of: "=") else { continue }
      let key = text[..<equals].trimmed
      let mark = SourceMark(file: file, line: index + 1, column: 1)
      let value = value(text[text.index(after: equals)...].trimmed)
      last[key] = entries.count
      entries.append(
        .init(key: key, mark: mark, value: ConfigNode(.scalar(value, isQuoted: true), mark: mark)))
    }
    // Of two lines for one variable the later one counts.
    return entries.enumerated().filter { last[$0.element.key] == $0.offset }.map(\.element)
  }

  private static func value(_ text: String) -> String {
    if text.hasPrefix("'"), let end = text.dropFirst().firstIndex(of: "'") {
      return String(text[text.index(after: text.startIndex)..<end])
    }
    guard text.hasPrefix("\"") else {
      // A `#` after a blank begins a comment.
      var previous: Character = " "
      let value = text.prefix { character in
        defer { previous = character }
        return !(character == "#" && previous.isWhitespace)
      }
      return value.trimmed
    }
    var result = ""
    var isEscaped = false
    for character in text.dropFirst() {
      switch (isEscaped, character) {
      case (true, "n"): result.append("\n")
      case (true, "t"): result.append("\t")
      case (true, _): result.append(character)
      case (false, "\\"): break
      case (false, "\""): return result
      case (false, _): result.append(character)
      }
      isEscaped = !isEscaped && character == "\\"
    }
    return result
  }
}
