import Core

/// Rows in columns as wide as their widest cell; the last column is never padded.
public struct Table: Sendable {
  private var rows: [[String]]

  /// Creates a table from rows of equal length; cells are stripped of control characters.
  public init(_ rows: [[String]] = []) {
    self.rows = rows.map { $0.map(DisplayText.sanitized) }
  }

  /// How many rows there are.
  public var count: Int { rows.count }

  /// Adds a row.
  public mutating func append(_ row: [String]) {
    rows.append(row.map(DisplayText.sanitized))
  }

  /// The table without those of the columns with these titles that hold nothing, or only dashes.
  public func withoutEmpty(_ titles: Set<String>) -> Table {
    let columns = (0..<(rows.first?.count ?? 0)).filter { column in
      !titles.contains(rows[0][column])
        || rows.dropFirst().contains { !["", "-"].contains($0[column]) }
    }
    return Table(rows.map { row in columns.map { row[$0] } })
  }

  /// The rows as lines, columns two cells apart, each line after `indent` blanks.
  ///
  /// Where they would be wider than `width` cells, the widest columns are cut off, with an ellipsis.
  public func lines(indent: Int = 0, width: Int? = nil) -> [String] {
    let widths = widths(within: width.map { $0 - indent })
    return rows.map { row in
      var line = String(repeating: " ", count: indent)
      for (index, full) in row.enumerated() {
        let cell = DisplayWidth.of(full) <= widths[index] ? full : cut(full, to: widths[index])
        line += cell
        guard index < row.count - 1 else { break }
        line += String(repeating: " ", count: widths[index] - DisplayWidth.of(cell) + 2)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }
  }

  /// How wide each column is; no narrower than eight cells to fit.
  private func widths(within limit: Int?) -> [Int] {
    let columns = rows.map(\.count).max() ?? 0
    var widths = [Int](repeating: 0, count: columns)
    for row in rows {
      for (index, cell) in row.enumerated() {
        widths[index] = max(widths[index], DisplayWidth.of(cell))
      }
    }
    guard let limit else { return widths }
    while widths.reduce(2 * (columns - 1), +) > limit,
      let widest = widths.indices.max(by: { widths[$0] < widths[$1] }), widths[widest] > 8
    {
      widths[widest] -= 1
    }
    return widths
  }

  private func cut(_ text: String, to width: Int) -> String {
    var text = text
    while DisplayWidth.of(text) > width - 1, !text.isEmpty { text.removeLast() }
    return text + "…"
  }
}

/// How many cells text takes on a terminal.
public enum DisplayWidth {
  /// The width of `text` in cells.
  ///
  /// A combining mark takes none, an East Asian wide character or emoji two, anything else one.
  /// Source: Unicode Standard Annex #11, reduced to the blocks that identity names hold.
  public static func of(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + width($1) }
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0x20..<0x300: 1
    case 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
      0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
      2
    default: 1
    }
  }
}
