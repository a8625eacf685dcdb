internal import Core
internal import Model

/// One file as far as it concerns us: what is under `auth:`, and what says where more is.
struct ConfigFile {
  /// Its absolute path.
  var path: String
  /// `auth:` without the three sections below; a map.
  var settings: ConfigNode?
  var providers: [NamedNode] = []
  var identities: [NamedNode] = []
  var integrations: [NamedNode] = []
  /// `import`.
  var imports: ConfigNode?
  /// `base_path`, as written.
  var basePath: String?
  /// `profiles`.
  var profiles: ConfigNode?
  /// `env`.
  var environment: ConfigNode?
  /// `stacks`: where the stacks of atmos are.
  var stacks: ConfigNode?
  /// Whether merging has to look for `!append` and `!unset`.
  var hasTags = false
  /// How many values it has, those of included files among them.
  var values = 0
  /// How many bytes these are; see ``Limits/expandedBytes``.
  var expandedBytes = 0
  /// The files that it includes.
  var included: [String] = []
  /// What is wrong with the file apart from its definitions.
  var faults: [Diagnostic] = []

  /// Takes a file's text apart; other top-level sections are left alone, whatever they hold.
  init(path: String, bytes: [UInt8], resolver: TagResolver) {
    self.path = path
    let document = YAMLReader.read(bytes, file: path, budget: resolver.log.budget)
    hasTags = document.hasTags
    faults = document.faults
    if document.root.isNull {
      // In which section the odd things stand is not known then.
      faults.removeAll { $0.code == "duplicate-key" || $0.code == "bad-merge-key" }
      return
    }
    guard case .mapping(let entries) = document.root.content else {
      faults.append(
        Diagnostic(
          .error, "the file holds no settings: its top level is not a map",
          mark: document.root.mark,
          suggestion: "it begins with something like `auth:`", code: "wrong-type"))
      return
    }
    var starts: [(line: Int, isOurs: Bool)] = []
    for entry in entries {
      let isOurs: Bool
      switch entry.key.lowercased() {
      case "auth":
        isOurs = true
        take(auth: resolved(entry.value, resolver), resolver, isResolved: entry.value.isIncluded)
      case "import":
        isOurs = true
        imports = resolvedTop(entry.value, resolver)
      case "base_path":
        isOurs = true
        basePath = resolvedTop(entry.value, resolver).text
      case "profiles":
        isOurs = true
        profiles = resolvedTop(entry.value, resolver)
      case "stacks":
        // atmos says what is odd in it.
        isOurs = false
        stacks = entry.value
      case "env":
        isOurs = true
        environment = quietly(entry.value, resolver)
      default: isOurs = false
      }
      starts.append((entry.mark.line, isOurs))
    }
    starts.sort { $0.line < $1.line }
    // What is odd in the sections of others is for atmos to say.
    faults.removeAll { fault in
      guard fault.severity == .warning, fault.code != "several-documents", let mark = fault.mark,
        mark.file == path
      else { return false }
      let after = Self.firstSection(after: mark.line, starts)
      return after > 0 && !starts[after - 1].isOurs
    }
  }

  /// The first of sections in the order of their lines that begins after a line.
  private static func firstSection(
    after line: Int, _ starts: [(line: Int, isOurs: Bool)]
  ) -> Int {
    var (low, high) = (0, starts.count)
    while low < high {
      let middle = (low + high) / 2
      if starts[middle].line <= line { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The value when it is itself the result of a tag: `auth: !include auth.yaml`.
  private mutating func resolved(_ node: ConfigNode, _ resolver: TagResolver) -> ConfigNode {
    node.isIncluded ? resolver.resolve(node, &faults) : node
  }

  private mutating func resolvedTop(_ node: ConfigNode, _ resolver: TagResolver) -> ConfigNode {
    guard hasTags else { return node }
    let result = resolver.resolve(node, &faults)
    reportCommands(in: result)
    return result
  }

  /// Of `env:` only `ATMOS_*` concerns us; the rest, tokens among them, is not even looked at.
  private func quietly(_ node: ConfigNode, _ resolver: TagResolver) -> ConfigNode {
    guard hasTags else { return node }
    var ignored: [Diagnostic] = []
    var node = node
    if case .mapping(let entries) = node.content {
      node.content = .mapping(
        entries.filter { $0.key == "<<" || $0.key.uppercased().hasPrefix("ATMOS_") })
    }
    return resolver.resolve(node, &ignored)
  }

  private mutating func reportCommands(in node: ConfigNode) {
    if node.isCommand {
      faults.append(
        Diagnostic(
          .error, "`!exec` is carried out inside providers, identities and integrations only",
          mark: node.mark, suggestion: "use `!env`", code: "bad-tag"))
    }
    node.elements.forEach { reportCommands(in: $0) }
    node.entries.forEach { reportCommands(in: $0.value) }
  }

  /// `isResolved` says that all tags inside were carried out with the one in front of it.
  private mutating func take(auth: ConfigNode, _ resolver: TagResolver, isResolved: Bool) {
    if auth.isNull { return }
    guard case .mapping(let entries) = auth.content else {
      faults.append(
        Diagnostic(
          .error, "`auth` must be a map", mark: auth.mark,
          suggestion: "with `providers:` and `identities:` in it", code: "wrong-type"))
      return
    }
    var rest: [ConfigNode.Entry] = []
    for entry in entries {
      switch entry.key.lowercased() {
      case "providers": providers += section(entry, resolver, isResolved)
      case "identities": identities += section(entry, resolver, isResolved)
      case "integrations": integrations += section(entry, resolver, isResolved)
      case "extensions": take(extensions: entry, resolver, isResolved)
      default:
        var entry = entry
        if !isResolved { entry.value = resolvedTop(entry.value, resolver) }
        rest.append(entry)
      }
    }
    settings = ConfigNode(.mapping(rest), mark: auth.mark)
  }

  /// What stands where atmos does not look: our own kinds would make it refuse the whole file.
  private mutating func take(
    extensions entry: ConfigNode.Entry, _ resolver: TagResolver, _ isResolved: Bool
  ) {
    let isIncluded = !isResolved && entry.value.isIncluded
    let value = isIncluded ? resolver.resolve(entry.value, &faults) : entry.value
    if value.isNull { return }
    guard case .mapping(let sections) = value.content else {
      faults.append(
        Diagnostic(
          .error, "`auth.extensions` must be a map", mark: value.mark,
          suggestion: "with `providers:` and `identities:` in it", code: "wrong-type"))
      return
    }
    for part in sections {
      let entries = { (file: inout ConfigFile) in
        file.section(part, resolver, isResolved || isIncluded).map { named in
          var named = named
          named.isExtension = true
          return named
        }
      }
      switch part.key.lowercased() {
      case "providers": providers += entries(&self)
      case "identities": identities += entries(&self)
      default:
        faults.append(
          Diagnostic(
            .warning,
            "auth: unknown key `extensions.\(DisplayText.sanitized(part.key, limit: 80))`",
            mark: part.mark, suggestion: "it has `providers` and `identities`",
            code: "unknown-key"))
      }
    }
  }

  private mutating func section(
    _ section: ConfigNode.Entry, _ resolver: TagResolver, _ isResolved: Bool
  ) -> [NamedNode] {
    let isIncluded = !isResolved && section.value.isIncluded
    let value = isIncluded ? resolver.resolve(section.value, &faults) : section.value
    let hasTags = hasTags && !isResolved && !isIncluded
    if value.isNull { return [] }
    guard case .mapping(let entries) = value.content else {
      faults.append(
        Diagnostic(
          .error, "`auth.\(section.key)` must be a map from names to definitions",
          mark: value.mark, code: "wrong-type"))
      return []
    }
    return entries.map { entry in
      var named = NamedNode(name: entry.key, mark: entry.mark, node: entry.value)
      if hasTags { named.node = resolver.resolve(entry.value, &named.faults) }
      return named
    }
  }
}

extension ConfigNode {
  /// Whether the whole value is the result of a tag: `auth: !include auth.yaml`.
  var isIncluded: Bool { expression != nil && !isMergeInstruction && !isCommand }
}
