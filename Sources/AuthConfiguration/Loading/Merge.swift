internal import Model

/// How a later file's values come over an earlier one's.
enum Merge {
  /// Maps merge key by key, without case; everything else is replaced.
  ///
  /// `!append` in the later file adds to the earlier list, and `!unset` takes the key away. What is
  /// merged over is counted in `budget`, since a large map under many small ones is work each time;
  /// once that is spent the earlier values stay.
  static func over(
    _ earlier: ConfigNode?, _ later: ConfigNode, _ budget: ReadingBudget? = nil
  ) -> ConfigNode? {
    if later.tag == "!unset" { return nil }
    func mayMergeOver(_ count: Int) -> Bool {
      budget?.spend(.mergedOver, count, for: later.mark.place) ?? true
    }
    if later.tag == "!append" {
      var result = later
      result.expression = nil
      if case .sequence(let elements) = later.content {
        guard mayMergeOver(earlier?.elements.count ?? 0) else { return earlier }
        result.content = .sequence((earlier?.elements ?? []) + elements)
      }
      return settled(result)
    }
    guard case .mapping(let upper) = later.content else { return settled(later) }
    guard let earlier, case .mapping(var entries) = earlier.content else { return settled(later) }
    guard mayMergeOver(entries.count) else { return earlier }
    var positions: [String: Int] = [:]
    for (index, entry) in entries.enumerated() where positions[entry.key.lowercased()] == nil {
      positions[entry.key.lowercased()] = index
    }
    var removed: Set<Int> = []
    for entry in upper {
      let key = entry.key.lowercased()
      let position = positions[key]
      let value = over(position.map { entries[$0].value }, entry.value, budget)
      switch (position, value) {
      case (let position?, let value?):
        entries[position] = .init(key: entry.key, mark: entry.mark, value: value)
      case (let position?, nil):
        removed.insert(position)
        positions[key] = nil
      case (nil, let value?):
        positions[key] = entries.count
        entries.append(.init(key: entry.key, mark: entry.mark, value: value))
      case (nil, nil): break
      }
    }
    if !removed.isEmpty {
      entries = entries.enumerated().filter { !removed.contains($0.offset) }.map(\.element)
    }
    return ConfigNode(.mapping(entries), mark: later.mark)
  }

  /// The node without `!append` and `!unset`, for when there is nothing below it.
  static func settled(_ node: ConfigNode) -> ConfigNode? {
    if node.tag == "!unset" { return nil }
    var result = node
    if node.tag == "!append" { result.expression = nil }
    switch node.content {
    case .null, .scalar: break
    case .sequence(let elements):
      result.content = .sequence(elements.compactMap(settled))
    case .mapping(let entries):
      result.content = .mapping(
        entries.compactMap { entry in
          settled(entry.value).map { .init(key: entry.key, mark: entry.mark, value: $0) }
        })
    }
    return result
  }
}
