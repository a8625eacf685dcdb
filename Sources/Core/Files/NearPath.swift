/// What a person who typed a path that leads nowhere may have meant.
public enum NearPath {
  // A directory of more names is not worth reading for a suggestion.
  private static let limit = 1000

  /// A hint with the nearest name in the directory of `path`, written as `typed` is.
  ///
  /// - Parameters:
  ///   - path: The path, absolute.
  ///   - typed: The same as it was typed.
  ///   - fits: Whether an entry, given by its path, is what was asked for.
  /// - Returns: ``did you mean `x`?``, or `nil` if no name is near.
  public static func hint(
    for path: String, typed: String, where fits: (String) -> Bool
  ) -> String? {
    let directory = FileSystem.parent(of: path)
    guard let names = (try? FileSystem.list(directory)) ?? nil, names.count <= limit else {
      return nil
    }
    let isPlain = typed.hasSuffix("/") ? typed.dropLast() : typed[...]
    let start = isPlain.lastIndex(of: "/").map { isPlain[...$0] } ?? ""
    let name = String(isPlain[start.endIndex...])
    guard let near = NearName.nearest(to: name, in: names.filter { fits("\(directory)/\($0)") })
    else { return nil }
    return "did you mean `\(ShellQuoting.typed(DisplayText.sanitized(start + near)))`?"
  }
}
