internal import Core
internal import Model

/// An entry of `providers`, `identities` or `integrations`, its tags carried out.
struct NamedNode: Sendable {
  /// The name as written, and the entry.
  private var entry: ConfigNode.Entry
  /// What was wrong with its tags.
  var faults: [Diagnostic]
  /// Whether it is under `auth.extensions`, which atmos does not read.
  var isExtension: Bool

  init(
    name: String, mark: SourceMark, node: ConfigNode, faults: [Diagnostic] = [],
    isExtension: Bool = false
  ) {
    entry = ConfigNode.Entry(key: name, mark: mark, value: node)
    self.faults = faults
    self.isExtension = isExtension
  }

  /// The name as written.
  var name: String { entry.key }

  /// Where the name stands.
  var mark: SourceMark { entry.mark }

  /// The entry.
  var node: ConfigNode {
    get { entry.value }
    set { entry.value = newValue }
  }
}

/// The entries of one section by name, as they are merged file by file.
struct DefinitionTable: Sendable {
  /// Which section it is.
  let section: Kind.Section
  /// The entries in the order in which their names came first.
  private(set) var entries: [NamedNode] = []
  // By their bytes: what looks like a person's own name must not take its place.
  private var positions: [ByteText: Int] = [:]

  init(_ section: Kind.Section) {
    self.section = section
  }

  /// The entry called `name`, in any case.
  subscript(name: String) -> NamedNode? {
    position(of: name).map { entries[$0] }
  }

  /// The place in ``entries`` of the entry called `name`, in any case.
  func position(of name: String) -> Int? { positions[ByteText(name.lowercased())] }

  /// Puts a file's entries over those of the same names.
  mutating func put(
    _ entries: [NamedNode], hasTags: Bool, _ budget: ReadingBudget
  ) -> [Diagnostic] {
    positions.reserveCapacity(positions.count + entries.count)
    return entries.compactMap { put($0, hasTags: hasTags, budget) }
  }

  /// Puts an entry over the one of the same name.
  ///
  /// An identity replaces the earlier one whole, as in atmos: half of an identity from one file and
  /// half from another is what nobody meant. Providers and integrations merge key by key.
  ///
  /// - Returns: A warning when one file has two names that differ by case only.
  mutating func put(
    _ entry: NamedNode, hasTags: Bool, _ budget: ReadingBudget? = nil
  ) -> Diagnostic? {
    let key = ByteText(entry.name.lowercased())
    guard let position = positions[key] else {
      positions[key] = entries.count
      entries.append(entry)
      if hasTags {
        entries[entries.count - 1].node =
          Merge.settled(entry.node) ?? ConfigNode(.null, mark: entry.node.mark)
      }
      return nil
    }
    let (earlierName, earlierMark) = (entries[position].name, entries[position].mark)
    var faults: [Diagnostic] = []
    // Taken out and not copied, since there may be as many files as faults.
    if section != .identity { swap(&faults, &entries[position].faults) }
    faults += entry.faults
    let node =
      section == .identity
      ? Merge.settled(entry.node) : Merge.over(entries[position].node, entry.node, budget)
    entries[position] = NamedNode(
      name: entry.name, mark: entry.mark,
      node: node ?? ConfigNode(.null, mark: entry.node.mark), faults: faults,
      isExtension: entry.isExtension)
    guard earlierMark.file == entry.mark.file, earlierName != entry.name else { return nil }
    return Diagnostic(
      .warning,
      "\(section.rawValue) `\(DisplayText.sanitized(entry.name))` is in this file before, as "
        + "`\(DisplayText.sanitized(earlierName))` in line \(earlierMark.line); "
        + "names compare without case",
      mark: entry.mark, suggestion: "keep one of the two", code: "duplicate-name")
  }

  /// Puts another definition in the place of one that is there.
  mutating func replace(_ name: String, _ node: ConfigNode) {
    if let position = position(of: name) { entries[position].node = node }
  }

  /// Puts an entry in unless its name is taken.
  mutating func putBelow(_ entry: NamedNode) {
    guard position(of: entry.name) == nil else { return }
    _ = put(entry, hasTags: true)
  }
}
