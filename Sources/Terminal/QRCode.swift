/// A QR code: a square of dark and light modules that phones read from a screen.
///
/// Source: ISO/IEC 18004:2015. Byte mode, versions 1 to 10, error correction of level M where it
/// costs no larger version, else L.
public struct QRCode: Sendable, Equatable {
  /// How much of a code may be unreadable.
  enum Level: Sendable {
    /// About 7 %.
    case low
    /// About 15 %.
    case medium

    // The two bits that stand for it in the format information (table 25).
    var formatBits: Int { self == .low ? 1 : 0 }
  }

  /// Modules on a side, 21...57.
  public let size: Int
  let level: Level
  let mask: Int
  private let modules: [Bool]

  /// Makes the code of `text`; `nil` when that is longer than version 10 holds, 271 bytes.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard let plan = QRPlan.smallest(for: bytes.count) else { return nil }
    let drawing = QRDrawing(plan, codewords: plan.codewords(of: bytes))
    // Of the eight masks the one whose picture is the least confusing is taken (§7.8.3).
    let pictures = (0..<8).map { drawing.masked($0) }
    let scores = pictures.map(QRPenalty.of)
    let best = scores.indices.min { scores[$0] < scores[$1] } ?? 0
    size = plan.size
    level = plan.level
    mask = best
    modules = pictures[best].modules
  }

  /// Whether the module of a row and column is dark; those outside are light.
  public func isDark(_ row: Int, _ column: Int) -> Bool {
    guard (0..<size).contains(row), (0..<size).contains(column) else { return false }
    return modules[row * size + column]
  }

  /// The code in half-block characters, two rows of modules to a line, with `margin` light modules
  /// around it.
  ///
  /// - Parameters:
  ///   - margin: Light modules around the code; readers want 4, most are content with 1.
  ///   - colored: Whether to draw black on white whatever the terminal's colours are. Without,
  ///     light modules are drawn in the colour of text, which suits dark terminals.
  /// - Returns: The lines, without line breaks.
  public func lines(margin: Int, colored: Bool) -> [String] {
    stride(from: -margin, to: size + margin, by: 2).map { row in
      var line = colored ? "\u{1B}[30;107m" : ""
      for column in -margin..<(size + margin) {
        // Below the last row of an odd height is the terminal's background, no part of the code.
        let isOutside = row + 1 >= size + margin
        let upper = isDark(row, column) == colored
        let lower = isOutside && !colored ? false : isDark(row + 1, column) == colored
        line += upper ? (lower ? "█" : "▀") : (lower ? "▄" : " ")
      }
      return line + (colored ? "\u{1B}[0m" : "")
    }
  }

  /// The code of `text` for a person at a terminal, or a sentence that says why there is none.
  ///
  /// - Parameters:
  ///   - text: What the code says.
  ///   - columns: The terminal's width in cells.
  ///   - hasUnicode: Whether it shows half-block characters.
  ///   - hasColor: Whether it shows colours.
  /// - Returns: The lines, without line breaks.
  public static func lines(
    of text: String, columns: Int, hasUnicode: Bool, hasColor: Bool
  ) -> [String] {
    guard let code = QRCode(text) else { return ["(The address is too long for a QR code.)"] }
    guard hasUnicode else { return ["(This terminal cannot show a QR code.)"] }
    let margin = min(4, (columns - code.size) / 2)
    guard margin >= 1 else {
      return ["(The window is too narrow for a", "QR code: it needs \(code.size + 2) columns.)"]
    }
    return [""] + code.lines(margin: margin, colored: hasColor) + [""]
  }
}
