extension Sequence where Element: StringProtocol {
  /// The parts with `separator` between them.
  ///
  /// The first `joined` of a process looks through the conformances of the whole program, which is
  /// a tenth of all that a hot command does.
  @inlinable
  public func text(joinedBy separator: String) -> String {
    var text = ""
    var isFirst = true
    for part in self {
      if !isFirst { text.append(separator) }
      text.append(String(part))
      isFirst = false
    }
    return text
  }
}
