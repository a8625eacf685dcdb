internal import Core
internal import Model

/// What is left of a reading's ``Limits``.
///
/// It lives in one thread, for the time of one reading. Once a limit is passed everything that
/// reads comes back with nothing, and the reading ends with ``excess``.
final class ReadingBudget {
  /// What is counted.
  enum Item {
    case files, bytes, values, expandedBytes, mergedOver, imports, expansions, names, comparisons
  }

  /// The limits it began with.
  let limits: Limits
  /// The error for the first limit that was passed.
  private(set) var excess: AuthError?
  private var spent: [Item: Int] = [:]

  init(_ limits: Limits) {
    self.limits = limits
  }

  /// Whether a limit was passed.
  var isOver: Bool { excess != nil }

  /// How much of an item is left.
  func rest(of item: Item) -> Int {
    isOver ? 0 : max(0, limit(of: item) - spent[item, default: 0])
  }

  /// Counts `count` of an item, needed for `place`: a path, or a path with line and column.
  ///
  /// - Returns: Whether that is within the limit.
  @discardableResult
  func spend(_ item: Item, _ count: Int = 1, for place: @autoclosure () -> String) -> Bool {
    if isOver { return false }
    let total = spent[item, default: 0] + count
    spent[item] = total
    guard total > limit(of: item) else { return true }
    pass(text(of: item), place())
    return false
  }

  /// Ends the reading: it has more than `what` at `place`.
  func pass(_ what: String, _ place: String) {
    guard excess == nil else { return }
    excess = AuthError(
      .badConfiguration,
      "\(DisplayText.sanitized(place, limit: 300)): the configuration is not read, because here it "
        + "comes to more than \(what)",
      hints: [
        "take out what is not needed here, or name another configuration with `--config-path`"
      ])
  }

  private func limit(of item: Item) -> Int {
    switch item {
    case .files: limits.files
    case .bytes: limits.bytes
    case .values: limits.values
    case .expandedBytes: limits.expandedBytes
    case .mergedOver: limits.mergedOver
    case .imports: limits.imports
    case .expansions: limits.expansions
    case .names: limits.names
    case .comparisons: limits.comparisons
    }
  }

  private func text(of item: Item) -> String {
    let limit = limit(of: item)
    return switch item {
    case .files: "\(limit) files"
    case .bytes: "\(limit) bytes of files"
    case .values: "\(limit) values"
    case .expandedBytes: "\(limit) bytes of values"
    case .mergedOver: "\(limit) values that others are merged over"
    case .imports: "\(limit) imports"
    case .expansions: "\(limit) patterns from braces"
    case .names: "\(limit) names of files"
    case .comparisons: "\(limit) characters compared with patterns"
    }
  }
}

extension SourceMark {
  /// `file:line:column`.
  var place: String { "\(file):\(line):\(column)" }
}
