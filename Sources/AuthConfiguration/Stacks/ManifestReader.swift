internal import Core
internal import Model

/// Reads stack manifests with what they import, as far as that says who acts.
///
/// Templates and YAML functions stay what they are, as in atmos, which switches them off where it
/// looks for identities.
struct ManifestReader {
  /// A manifest with its imports merged, or why it cannot be told what it says.
  typealias Outcome = Result<ConfigNode, StackFault>

  private let settings: StackSettings
  private let log: InputLog
  /// The variables that names are made of; no others are kept.
  private let variables: Set<String>
  private var outcomes: [String: Outcome] = [:]

  /// The kinds of components that may have an `auth` of their own.
  static let types = ["terraform", "helmfile", "packer", "ansible", "kubernetes", "helm"]

  init(_ settings: StackSettings, _ log: InputLog) {
    self.settings = settings
    self.log = log
    variables = Set(StackName.variables(settings))
  }

  /// The manifests that are stacks, sorted.
  ///
  /// - Throws: ``AuthError`` if a directory cannot be read.
  func stacks() throws(AuthError) -> [String] {
    var found = Set<String>()
    for pattern in settings.included { found.formUnion(try files(matching: pattern)) }
    for pattern in settings.excluded { found.subtract(try files(matching: pattern)) }
    return found.sorted()
  }

  private func files(matching pattern: String) throws(AuthError) -> [String] {
    var found: [String] = []
    for ending in Self.endings where !pattern.isEmpty {
      let hasEnding = Self.endings.contains { pattern.hasSuffix($0) }
      guard !hasEnding || pattern.hasSuffix(ending) else { continue }
      found += try Glob.expand(
        PathText.absolute(hasEnding ? pattern : pattern + ending, from: settings.base), log)
    }
    return found
  }

  /// What manifests may end in; of templates only atmos can tell what they hold.
  private static let endings = [".yaml", ".yml", ".yaml.tmpl", ".yml.tmpl"]

  /// A manifest's path below the directory of all, without its ending: its name if nothing else is.
  func shortPath(_ path: String) -> String {
    let inside =
      path.hasPrefix(settings.base + "/") ? String(path.dropFirst(settings.base.count + 1)) : path
    let ending = Self.endings.reversed().first { inside.hasSuffix($0) }
    return String(inside.dropLast(ending?.count ?? 0))
  }

  /// Reads a manifest and what it imports.
  ///
  /// - Parameters:
  ///   - path: Its absolute path.
  ///   - holders: The manifests that import it, for finding circles.
  /// - Returns: What it says.
  mutating func read(_ path: String, holders: [String] = []) -> Outcome {
    if let known = outcomes[path] { return known }
    let outcome: Outcome
    do throws(StackFault) {
      outcome = .success(try merged(path, holders + [path]))
    } catch {
      outcome = .failure(error)
    }
    outcomes[path] = outcome
    return outcome
  }

  private mutating func merged(_ path: String, _ holders: [String]) throws(StackFault) -> ConfigNode
  {
    let shown = DisplayText.sanitized(shortPath(path), limit: 120)
    guard !path.hasSuffix(".tmpl") else { throw StackFault("`\(shown)` is a template") }
    guard holders.count <= log.budget.limits.levels * 5 else {
      throw StackFault("`\(shown)` is imported through too many others")
    }
    let content = try? log.read(path)
    guard let bytes = content ?? nil else { throw StackFault("`\(shown)` cannot be read") }
    let document = YAMLReader.read(bytes, file: path, budget: log.budget)
    if let fault = document.faults.first(where: { $0.severity == .error }) {
      throw StackFault("`\(shown)` cannot be read: \(fault.message)")
    }
    var result = ConfigNode(.mapping([]), mark: document.root.mark)
    let imports = document.root["import"]
    for item in imports.map({ $0.elements.isEmpty ? [$0] : $0.elements }) ?? [] {
      for file in try imported(item, by: path, shown) {
        guard log.budget.spend(.imports, for: item.mark.place) else {
          throw StackFault("`\(shown)` imports too much")
        }
        guard !holders.contains(file) else {
          throw StackFault("`\(shown)` imports itself")
        }
        let below = try read(file, holders: holders).get()
        result = Merge.over(result, below, log.budget) ?? result
      }
    }
    return Merge.over(result, kept(of: document.root), log.budget) ?? result
  }

  // A path beside the file, or below the directory of all; a pattern; or a map with `path`.
  private func imported(
    _ item: ConfigNode, by path: String, _ shown: String
  ) throws(StackFault) -> [String] {
    guard let text = (item.text ?? item["path"]?.text)?.trimmed, !text.isEmpty else { return [] }
    let entry = DisplayText.sanitized(text, limit: 120)
    guard !text.contains("{{") else {
      throw StackFault("`\(shown)` imports `\(entry)`, which is a template")
    }
    guard !text.contains("://"), !text.contains("::") else {
      throw StackFault("`\(shown)` imports `\(entry)`, which is not on this machine")
    }
    let isBeside = text.hasPrefix("./") || text.hasPrefix("../")
    let whole = PathText.absolute(
      text, from: isBeside ? FileSystem.parent(of: path) : settings.base)
    let hasEnding = Self.endings.contains { whole.hasSuffix($0) }
    var found: [String] = []
    for ending in hasEnding ? [""] : Self.endings {
      found += (try? Glob.expand(whole + ending, log)) ?? []
      if !found.isEmpty, !Glob.isPattern(whole) { break }
    }
    let mayBeMissing = item["skip_if_missing"]?.bool ?? false
    guard !found.isEmpty || mayBeMissing else {
      throw StackFault("`\(shown)` imports `\(entry)`, which is not there")
    }
    return found.sorted()
  }

  // MARK: What is kept

  private func kept(of root: ConfigNode) -> ConfigNode {
    var entries: [ConfigNode.Entry] = []
    for entry in root.entries {
      let key = entry.key.lowercased()
      switch key {
      case "name", "auth": entries.append(entry)
      case "vars": entries.append(changed(entry, variables(entry.value)))
      case "overrides": entries.append(changed(entry, only(["auth"], of: entry.value)))
      case "components":
        entries.append(
          changed(
            entry,
            mapped(entry.value) { type in
              mapped(type) { only(["auth", "metadata", "vars"], of: $0) }
            }))
      default:
        guard Self.types.contains(key) else { continue }
        entries.append(changed(entry, only(["auth", "vars", "overrides"], of: entry.value)))
      }
    }
    return ConfigNode(.mapping(entries), mark: root.mark)
  }

  private func changed(_ entry: ConfigNode.Entry, _ value: ConfigNode) -> ConfigNode.Entry {
    ConfigNode.Entry(key: entry.key, mark: entry.mark, value: value)
  }

  private func mapped(_ node: ConfigNode, _ change: (ConfigNode) -> ConfigNode) -> ConfigNode {
    ConfigNode(
      .mapping(node.entries.map { changed($0, change($0.value)) }), mark: node.mark)
  }

  private func only(_ keys: Set<String>, of node: ConfigNode) -> ConfigNode {
    let entries = node.entries.filter { keys.contains($0.key.lowercased()) }
    return ConfigNode(
      .mapping(
        entries.map { $0.key.lowercased() == "vars" ? changed($0, variables($0.value)) : $0 }),
      mark: node.mark)
  }

  private func variables(_ node: ConfigNode) -> ConfigNode {
    ConfigNode(
      .mapping(node.entries.filter { variables.contains($0.key) && $0.value.text != nil }),
      mark: node.mark)
  }
}
