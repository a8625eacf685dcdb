/// How well a typed text fits a name: the whole of it somewhere, or its letters in order.
///
/// Words of the text are looked for on their own, in any order, and each has to be found. A word
/// found as it stands beats one whose letters are scattered, the name beats what else is known, and
/// the beginning of a word (after `/`, `-`, `.`, a blank, …) beats its middle.
public struct FuzzyMatch: Sendable, Equatable {
  /// The higher, the better.
  public var score: Int
  /// The offsets in the name's UTF-8 that were typed, ascending; empty where only keywords matched.
  public var positions: [Int]

  /// A name prepared for many comparisons.
  public struct Candidate: Sendable {
    fileprivate let name: [UInt8]
    fileprivate let keywords: [UInt8]

    /// Prepares `name`, with further texts that it may be found by.
    public init(name: String, keywords: [String]) {
      // ASCII only, so that offsets stay those of the original.
      self.name = name.utf8.map(Self.lowered)
      self.keywords = keywords.joined(separator: "\u{0}").utf8.map(Self.lowered)
    }

    fileprivate static func lowered(_ byte: UInt8) -> UInt8 {
      (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }
  }

  /// Compares `query` with a name; `nil` when it does not fit.
  ///
  /// Nothing fits everything.
  public static func of(_ query: String, in candidate: Candidate) -> FuzzyMatch? {
    var result = FuzzyMatch(score: 0, positions: [])
    for word in query.utf8.split(separator: UInt8(ascii: " ")) {
      let word = word.map(Candidate.lowered)
      guard let match = match(word, in: candidate) else { return nil }
      result.score += match.score
      result.positions += match.positions
    }
    // A short name that holds everything typed was meant rather than a long one.
    if result.score > 0 { result.score -= min(candidate.name.count, 100) }
    result.positions = Array(Set(result.positions)).sorted()
    return result
  }

  private static func match(_ word: [UInt8], in candidate: Candidate) -> FuzzyMatch? {
    if let start = bestOccurrence(of: word, in: candidate.name) {
      let isStart = isWordStart(start, in: candidate.name)
      return FuzzyMatch(
        score: 2000 + (start == 0 ? 400 : isStart ? 300 : 0) - min(start, 100),
        positions: Array(start..<start + word.count))
    }
    if occurrence(of: word, in: candidate.keywords, from: 0) != nil {
      return FuzzyMatch(score: 1500, positions: [])
    }
    return scattered(word, in: candidate.name)
  }

  private static func bestOccurrence(of word: [UInt8], in text: [UInt8]) -> Int? {
    guard let first = occurrence(of: word, in: text, from: 0) else { return nil }
    var next: Int? = first
    while let start = next {
      if isWordStart(start, in: text) { return start }
      next = occurrence(of: word, in: text, from: start + 1)
    }
    return first
  }

  private static func occurrence(of word: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    guard !word.isEmpty, text.count - start >= word.count else { return nil }
    return (start...text.count - word.count).first { text[$0...].starts(with: word) }
  }

  // Greedy, but a letter is taken at the start of a word when the rest still follows there.
  private static func scattered(_ word: [UInt8], in text: [UInt8]) -> FuzzyMatch? {
    var positions: [Int] = []
    var from = 0
    for (index, letter) in word.enumerated() {
      let places = text[from...].indices.filter { text[$0] == letter }
      guard let first = places.first else { return nil }
      let rest = word[(index + 1)...]
      let place =
        places.first {
          ($0 == from && index > 0 || isWordStart($0, in: text))
            && holds(rest, in: text[($0 + 1)...])
        } ?? first
      positions.append(place)
      from = place + 1
    }
    let starts = positions.count { isWordStart($0, in: text) }
    let gaps = (positions.last ?? 0) - (positions.first ?? 0) + 1 - positions.count
    return FuzzyMatch(score: 1000 + 50 * starts - min(gaps, 200), positions: positions)
  }

  private static func holds(_ letters: ArraySlice<UInt8>, in text: ArraySlice<UInt8>) -> Bool {
    var letters = letters
    for byte in text where byte == letters.first { letters.removeFirst() }
    return letters.isEmpty
  }

  private static func isWordStart(_ index: Int, in text: [UInt8]) -> Bool {
    guard index > 0 else { return true }
    return switch text[index - 1] {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
      false
    default: true
    }
  }
}
