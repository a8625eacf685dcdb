internal import Core

/// File name patterns: `*`, `?`, `[a-z]`, `{a,b}`, and `**` for any number of directories.
///
/// Patterns come from files that nobody has allowed yet, so nothing here calls itself and everything
/// is counted.
enum Glob {
  /// No path is longer: PATH_MAX of Linux.
  static let lengthLimit = 4096
  /// No file's name is longer: NAME_MAX.
  static let nameLimit = 255

  /// Whether `text` has anything special in it.
  static func isPattern(_ text: String) -> Bool {
    text.utf8.contains { byte in
      byte == UInt8(ascii: "*") || byte == UInt8(ascii: "?") || byte == UInt8(ascii: "[")
        || byte == UInt8(ascii: "{")
    }
  }

  /// The files that an absolute pattern stands for, unordered.
  ///
  /// `**` enters no directory that is a link, since links can lead in circles; links in the parts of
  /// the pattern before and after it are followed.
  static func expand(_ pattern: String, _ log: InputLog) throws(AuthError) -> [String] {
    guard pattern.utf8.count <= lengthLimit else {
      log.budget.pass("\(lengthLimit) bytes in one pattern", pattern)
      return []
    }
    var found: [String] = []
    var seen: Set<String> = []
    for alternative in alternatives(pattern, log.budget) {
      let parts = alternative.split(separator: "/").map(String.init)
      for path in try files(parts, log, of: pattern) where seen.insert(path).inserted {
        found.append(path)
      }
    }
    return found
  }

  /// Where the search is: a directory, and the part of the pattern that comes next.
  private struct Place: Hashable {
    var directory: String
    var part: Int
    /// How many directories `**` went down.
    var depth = 0
  }

  private static func files(
    _ parts: [String], _ log: InputLog, of pattern: String
  ) throws(AuthError) -> [String] {
    var found: [String] = []
    var open = [Place(directory: "", part: 0)]
    while let place = open.popLast(), !log.budget.isOver {
      guard place.part < parts.count else { continue }
      let isLast = place.part == parts.count - 1
      let part = parts[place.part]
      let listed = place.directory.isEmpty ? "/" : place.directory
      if part == "**" {
        guard place.depth <= log.budget.limits.directoryDepth else {
          log.budget.pass(
            "\(log.budget.limits.directoryDepth) levels of directories", place.directory)
          break
        }
        let below = (try log.list(listed) ?? []).reversed().filter { name in
          let path = "\(place.directory)/\(name)"
          return !name.hasPrefix(".") && FileSystem.isDirectory(path, follow: false)
        }
        open += below.map {
          Place(
            directory: "\(place.directory)/\($0)", part: place.part, depth: place.depth + 1)
        }
        open.append(Place(directory: place.directory, part: place.part + 1))
        continue
      }
      var names = [part]
      if isPattern(part) {
        let scalars = Array(part.unicodeScalars)
        guard scalars.count <= nameLimit else {
          log.budget.pass("\(nameLimit) characters between two slashes of a pattern", pattern)
          break
        }
        names = (try log.list(listed) ?? []).filter { name in
          guard !name.hasPrefix(".") || part.hasPrefix(".") else { return false }
          let name = Array(name.unicodeScalars)
          let cost = (name.count + 1) * (scalars.count + 1)
          return log.budget.spend(.comparisons, cost, for: pattern)
            && matches(name[...], scalars[...])
        }
      }
      for name in names.reversed() {
        let path = "\(place.directory)/\(name)"
        if !isLast {
          open.append(Place(directory: path, part: place.part + 1))
        } else if FileSystem.exists(path), !FileSystem.isDirectory(path) {
          found.append(path)
        }
      }
    }
    return found
  }

  /// The patterns that a pattern with `{a,b}` stands for; braces may hold others.
  static func alternatives(_ pattern: String, _ budget: ReadingBudget) -> [String] {
    var done: [String] = []
    var open = [Array(pattern.utf8)]
    while let next = open.popLast() {
      guard let braces = Braces(in: next) else {
        done.append(String(decoding: next, as: UTF8.self))
        continue
      }
      guard budget.spend(.expansions, braces.choices.count, for: pattern) else { return [] }
      for choice in braces.choices.reversed() {
        open.append(Array(next[..<braces.start] + next[choice] + next[braces.end...]))
      }
    }
    return done
  }

  /// The first braces of a pattern that are closed again.
  private struct Braces {
    var start: Int
    /// The place behind them.
    var end: Int
    /// What stands between the commas.
    var choices: [Range<Int>] = []

    init?(in pattern: [UInt8]) {
      var closing: [Int: Int] = [:]
      var opened: [Int] = []
      for (index, byte) in pattern.enumerated() {
        if byte == UInt8(ascii: "{") { opened.append(index) }
        if byte == UInt8(ascii: "}"), let start = opened.popLast() { closing[start] = index }
      }
      guard let (start, close) = closing.min(by: { $0.key < $1.key }) else { return nil }
      self.start = start
      end = close + 1
      var depth = 0
      var choice = start + 1
      for index in start + 1..<close {
        switch pattern[index] {
        case UInt8(ascii: "{"): depth += 1
        case UInt8(ascii: "}"): depth -= 1
        case UInt8(ascii: ",") where depth == 0:
          choices.append(choice..<index)
          choice = index + 1
        default: break
        }
      }
      choices.append(choice..<close)
    }
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
