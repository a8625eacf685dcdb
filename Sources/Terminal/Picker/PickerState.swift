/// Something to choose.
public struct PickerItem: Sendable {
  /// What is chosen; shown first.
  public var name: String
  /// What else is shown, in columns, the most important first: a narrow window shows only those
  /// that fit.
  ///
  /// Every item has as many.
  public var details: [String]
  /// What it can be found by, beside its name.
  public var keywords: [String]

  /// Creates an item.
  public init(name: String, details: [String], keywords: [String]) {
    self.name = name
    self.details = details
    self.keywords = keywords
  }
}

/// What a picker knows between two keys, without the terminal.
public struct PickerState: Sendable {
  /// What a key did.
  public enum Outcome: Sendable, Equatable {
    /// The list may look different.
    case goesOn
    /// The item with this index was chosen.
    case chosen(Int)
    /// The person left.
    case left
  }

  /// An item that fits what was typed.
  public struct Row: Sendable, Equatable {
    /// Its index in the items.
    public var index: Int
    /// What to make prominent: offsets in the UTF-8 of its name.
    public var positions: [Int]
  }

  /// All items.
  public let items: [PickerItem]
  /// What was typed.
  public private(set) var query = ""
  /// The items that fit, the best first; those that fit equally well in their own order.
  public private(set) var rows: [Row]
  /// Which row is selected; 0 when there is none.
  public private(set) var selected = 0
  /// The first row that is shown.
  public private(set) var top = 0
  private let candidates: [FuzzyMatch.Candidate]

  /// Starts with everything listed.
  public init(_ items: [PickerItem]) {
    self.items = items
    candidates = items.map { FuzzyMatch.Candidate(name: $0.name, keywords: $0.keywords) }
    rows = items.indices.map { Row(index: $0, positions: []) }
  }

  /// Takes a key; `height` is how many rows are shown.
  public mutating func press(_ key: TerminalKey, height: Int) -> Outcome {
    switch key {
    case .text(let text): type(query + text)
    case .backspace, .control("h"): type(String(query.dropLast()))
    case .control("u"): type("")
    case .control("w"): type(withoutLastWord)
    case .up, .backTab, .control("p"), .control("k"): move(by: -1, wraps: true)
    case .down, .tab, .control("n"): move(by: 1, wraps: true)
    case .pageUp: move(by: -height)
    case .pageDown: move(by: height)
    case .home: move(by: -rows.count)
    case .end: move(by: rows.count)
    case .enter:
      if rows.indices.contains(selected) { return .chosen(rows[selected].index) }
    case .escape, .control("c"), .control("d"), .control("g"): return .left
    case .control: break
    }
    scroll(height)
    return .goesOn
  }

  /// Keeps the selected row among `height` rows shown.
  public mutating func scroll(_ height: Int) {
    let height = max(1, height)
    top = min(max(top, selected - height + 1), selected)
    top = max(0, min(top, rows.count - height))
  }

  private var withoutLastWord: String {
    var text = query[...]
    while text.last == " " { text.removeLast() }
    while let last = text.last, last != " " { text.removeLast() }
    return String(text)
  }

  private mutating func type(_ text: String) {
    // Longer than any name; a paste of a whole file is cut.
    query = String(text.prefix(200))
    (selected, top) = (0, 0)
    let found = candidates.indices.compactMap { index in
      FuzzyMatch.of(query, in: candidates[index]).map { (index, $0) }
    }
    rows = found.sorted { ($1.1.score, $0.0) < ($0.1.score, $1.0) }
      .map { Row(index: $0.0, positions: $0.1.positions) }
  }

  private mutating func move(by step: Int, wraps: Bool = false) {
    guard !rows.isEmpty else { return }
    let target = selected + step
    selected =
      wraps ? (target + rows.count) % rows.count : min(max(0, target), rows.count - 1)
  }
}
