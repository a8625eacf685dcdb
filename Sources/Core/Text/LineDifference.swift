/// Two lists of lines in one: what stayed, what is gone, and what is new.
public enum LineDifference {
  /// A line of either list.
  public struct Line: Equatable, Sendable {
    /// ` `, `-` or `+`, as `diff` has them: in both lists, in the old one, in the new one.
    public var sign: Character
    /// The line itself.
    public var text: String

    /// Creates a line.
    public init(sign: Character, text: String) {
      self.sign = sign
      self.text = text
    }
  }

  /// How many lines of both lists are compared exactly.
  ///
  /// The time for that is the square of what moved. Of more lines, only those at the same place
  /// count as kept, from the beginning and from the end.
  private static let exactLimit = 2_000

  /// The lines of both lists, the old ones before the new ones that replaced them.
  public static func lines(from old: [String], to new: [String]) -> [Line] {
    var removals: Set<Int> = []
    var insertions: Set<Int> = []
    let shared = Set(old).intersection(new)
    var oldIndices: [Int] = []
    var newIndices: [Int] = []
    for index in old.indices {
      if shared.contains(old[index]) { oldIndices.append(index) } else { removals.insert(index) }
    }
    for index in new.indices {
      if shared.contains(new[index]) { newIndices.append(index) } else { insertions.insert(index) }
    }
    trim(&oldIndices, &newIndices) { old[$0] == new[$1] }
    if oldIndices.count + newIndices.count > exactLimit {
      removals.formUnion(oldIndices)
      insertions.formUnion(newIndices)
    } else {
      let (before, after) = (oldIndices.map { old[$0] }, newIndices.map { new[$0] })
      for change in after.difference(from: before) {
        switch change {
        case .remove(let offset, _, _): removals.insert(oldIndices[offset])
        case .insert(let offset, _, _): insertions.insert(newIndices[offset])
        }
      }
    }
    var lines: [Line] = []
    var (oldIndex, newIndex) = (0, 0)
    while oldIndex < old.count || newIndex < new.count {
      if removals.contains(oldIndex) {
        lines.append(Line(sign: "-", text: old[oldIndex]))
        oldIndex += 1
      } else if insertions.contains(newIndex) {
        lines.append(Line(sign: "+", text: new[newIndex]))
        newIndex += 1
      } else {
        lines.append(Line(sign: " ", text: old[oldIndex]))
        oldIndex += 1
        newIndex += 1
      }
    }
    return lines
  }

  // Takes away what both have at the beginning and at the end.
  private static func trim(
    _ old: inout [Int], _ new: inout [Int], _ isSame: (Int, Int) -> Bool
  ) {
    let start = zip(old, new).prefix { isSame($0, $1) }.count
    (old, new) = (Array(old.dropFirst(start)), Array(new.dropFirst(start)))
    let end = zip(old.reversed(), new.reversed()).prefix { isSame($0, $1) }.count
    (old, new) = (Array(old.dropLast(end)), Array(new.dropLast(end)))
  }
}
