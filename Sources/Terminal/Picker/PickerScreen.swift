internal import Core

/// How a picker looks in a window of some size.
struct PickerScreen {
  var title: String
  var stream: Stream
  var columns: Int
  var rows: Int

  /// How many items are shown.
  var height: Int { max(1, rows - 1 - (hasHelp ? 1 : 0)) }

  private var hasHelp: Bool { rows >= 6 }

  /// Everything that has to be written to show `state`, the cursor behind what was typed.
  func text(_ state: PickerState) -> String {
    var lines = [head(state).line] + items(state)
    if hasHelp {
      while lines.count < rows - 1 { lines.append("") }
      lines.append(stream.styled(clipped(help, columns), .faint))
    }
    // Home; each line replaces what stood there; the rest is cleared.
    return "\u{1B}[H" + lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J"
      + "\u{1B}[1;\(head(state).cursor)H"
  }

  private func head(_ state: PickerState) -> (line: String, cursor: Int) {
    let count = "\(state.rows.count)/\(state.items.count)"
    var before = "\(DisplayText.sanitized(title)): "
    if DisplayWidth.of(before) > columns / 2 { before = "> " }
    let room = max(1, columns - DisplayWidth.of(before) - 1)
    var typed = DisplayText.sanitized(state.query)
    // The end of a long text is what is being typed.
    while DisplayWidth.of(typed) > room { typed.removeFirst() }
    let used = DisplayWidth.of(before) + DisplayWidth.of(typed)
    var line = stream.styled(before, .strong) + typed
    let gap = columns - used - count.count - 1
    if gap > 1 { line += String(repeating: " ", count: gap) + stream.styled(count, .faint) }
    return (line, used + 1)
  }

  private var help: String {
    let arrows = stream.symbol("↑↓", plain: "up/down")
    return "\(arrows) move   Enter choose   Esc leave   type to narrow"
  }

  private func items(_ state: PickerState) -> [String] {
    let shown = state.rows[min(state.top, state.rows.count)...].prefix(height)
    guard !shown.isEmpty else { return [stream.styled("  nothing matches", .faint)] }
    let widths = columnWidths(shown.map { state.items[$0.index] })
    return zip(shown.indices, shown).map { index, row in
      line(state.items[row.index], row, isSelected: index == state.selected, widths)
    }
  }

  // The widths of the name and of as many details as fit beside it.
  private func columnWidths(_ items: [PickerItem]) -> [Int] {
    let room = max(8, columns - 2)
    let cells = items.map { [$0.name] + $0.details }
    var widths: [Int] = []
    for column in 0..<(cells.map(\.count).max() ?? 0) {
      let width = cells.map { $0.count > column ? self.width($0[column]) : 0 }.max() ?? 0
      if column > 0, widths.reduce(0, { $0 + $1 + 2 }) + width > room { break }
      widths.append(min(width, room))
    }
    return widths
  }

  private func line(
    _ item: PickerItem, _ row: PickerState.Row, isSelected: Bool, _ widths: [Int]
  ) -> String {
    let mark = isSelected ? stream.symbol("›", plain: ">") + " " : "  "
    let name = clipped(DisplayText.sanitized(item.name), widths[0])
    var line = mark + highlighted(name, of: item.name, row.positions, isSelected: isSelected)
    line += padding(name, widths[0])
    for (detail, width) in zip(item.details, widths.dropFirst()) {
      let cell = clipped(DisplayText.sanitized(detail), width)
      line += "  " + stream.styled(cell, .faint) + padding(cell, width)
    }
    return line
  }

  private func padding(_ cell: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - DisplayWidth.of(cell)))
  }

  private func highlighted(
    _ shown: String, of name: String, _ positions: [Int], isSelected: Bool
  ) -> String {
    // Offsets are those of the bytes; in a text of one-byte letters they are the letters'.
    guard stream.hasColor, shown.utf8.count == shown.count, name.utf8.count == name.count else {
      return isSelected ? stream.styled(shown, .strong) : shown
    }
    let typed = Set(positions)
    return shown.enumerated().map { offset, letter in
      if typed.contains(offset) { return stream.styled(String(letter), .good) }
      return isSelected ? stream.styled(String(letter), .strong) : String(letter)
    }.joined()
  }

  private func width(_ text: String) -> Int { DisplayWidth.of(DisplayText.sanitized(text)) }

  private func clipped(_ text: String, _ width: Int) -> String {
    guard DisplayWidth.of(text) > width else { return text }
    var text = text
    while !text.isEmpty, DisplayWidth.of(text) > width - 1 { text.removeLast() }
    return text + stream.symbol("…", plain: "~")
  }
}
