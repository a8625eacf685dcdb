internal import Core

/// File name patterns: `*`, `?`, `[a-z]`, `{a,b}`, and `**` for any number of directories.
enum Glob {
  /// Directories below which nothing is looked for any more.
  static let depthLimit = 16
  /// Files after which a pattern is taken for a mistake.
  static let fileLimit = 10_000

  /// Whether `text` has anything special in it.
  static func isPattern(_ text: String) -> Bool {
    text.utf8.contains { byte in
      byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[")
        || byte == UInt8(ascii: "{")
    }
  }

  /// The files that an absolute pattern stands for, unordered.
  static func expand(_ pattern: String, _ log: InputLog) throws(AuthError) -> [String] {
    var found: [String] = []
    for alternative in alternatives(pattern) {
      let parts = alternative.split(separator: "/").map { Array(String($0).unicodeScalars) }
      try walk("", parts[...], depth: 0, log, &found)
    }
    var seen: Set<String> = []
    return found.filter { seen.insert($0).inserted }
  }

  private static func walk(
    _ directory: String, _ parts: ArraySlice<[Unicode.Scalar]>, depth: Int, _ log: InputLog,
    _ found: inout [String]
  ) throws(AuthError) {
    guard let part = parts.first, depth <= depthLimit, found.count <= fileLimit else { return }
    let rest = parts.dropFirst()
    let text = String(String.UnicodeScalarView(part))
    if text == "**" {
      try walk(directory, rest, depth: depth, log, &found)
      for name in try log.list(directory.isEmpty ? "/" : directory) ?? []
      where !name.hasPrefix(".") && FileSystem.isDirectory("\(directory)/\(name)") {
        try walk("\(directory)/\(name)", parts, depth: depth + 1, log, &found)
      }
      return
    }
    var names = [text]
    if isPattern(text) {
      names = try log.list(directory.isEmpty ? "/" : directory) ?? []
      names = names.filter { name in
        (!name.hasPrefix(".") || text.hasPrefix("."))
          && matches(Array(name.unicodeScalars)[...], part[...])
      }
    }
    for name in names {
      let path = "\(directory)/\(name)"
      if !rest.isEmpty {
        try walk(path, rest, depth: depth, log, &found)
      } else if FileSystem.exists(path), !FileSystem.isDirectory(path) {
        found.append(path)
      }
    }
  }

  /// The patterns that a pattern with `{a,b}` stands for.
  static func alternatives(_ pattern: String) -> [String] {
    guard let open = pattern.firstIndex(of: "{"), let close = pattern[open...].firstIndex(of: "}")
    else { return [pattern] }
    let tails = alternatives(String(pattern[pattern.index(after: close)...]))
    return pattern[pattern.index(after: open)..<close]
      .split(separator: ",", omittingEmptySubsequences: false)
      .flatMap { choice in tails.map { "\(pattern[..<open])\(choice)\($0)" } }
  }

  /// Whether one component fits a pattern without braces and `**`.
  static func matches(
    _ name: ArraySlice<Unicode.Scalar>, _ pattern: ArraySlice<Unicode.Scalar>
  ) -> Bool {
    var (name, pattern) = (name, pattern)
    // Where to go on after the last `*` took one more character.
    var retry: (name: ArraySlice<Unicode.Scalar>, pattern: ArraySlice<Unicode.Scalar>)?
    while true {
      if pattern.first == "*" {
        pattern = pattern.dropFirst()
        retry = (name, pattern)
        continue
      }
      if name.isEmpty, pattern.isEmpty { return true }
      if let character = name.first, let next = afterMatching(character, pattern) {
        name = name.dropFirst()
        pattern = next
        continue
      }
      guard let last = retry, !last.name.isEmpty else { return false }
      name = last.name.dropFirst()
      pattern = last.pattern
      retry = (name, pattern)
    }
  }

  /// What is left of the pattern when its first element takes `character`; `nil` if it does not.
  private static func afterMatching(
    _ character: Unicode.Scalar, _ pattern: ArraySlice<Unicode.Scalar>
  ) -> ArraySlice<Unicode.Scalar>? {
    guard let first = pattern.first else { return nil }
    if first == "?" { return pattern.dropFirst() }
    guard first == "[", let end = pattern.dropFirst(2).firstIndex(of: "]") else {
      return first == character ? pattern.dropFirst() : nil
    }
    var set = pattern[(pattern.startIndex + 1)..<end]
    let isNegated = set.first == "!" || set.first == "^"
    if isNegated { set = set.dropFirst() }
    var isIn = false
    while let low = set.popFirst() {
      if set.first == "-", set.count > 1 {
        set = set.dropFirst()
        let high = set.removeFirst()
        isIn = isIn || (low.value...max(low.value, high.value)).contains(character.value)
      } else {
        isIn = isIn || low == character
      }
    }
    return isIn != isNegated ? pattern[(end + 1)...] : nil
  }
}
