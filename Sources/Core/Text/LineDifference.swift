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

  /// The lines of both lists, the old ones before the new ones that replaced them.
  public static func lines(from old: [String], to new: [String]) -> [Line] {
    var removals: Set<Int> = []
    var insertions: Set<Int> = []
    for change in new.difference(from: old) {
      switch change {
      case .remove(let offset, _, _): removals.insert(offset)
      case .insert(let offset, _, _): insertions.insert(offset)
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
}
