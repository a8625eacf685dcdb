/// A square of modules.
struct QRGrid: Equatable {
  let size: Int
  private(set) var modules: [Bool]

  init(size: Int) {
    self.size = size
    modules = [Bool](repeating: false, count: size * size)
  }

  subscript(row: Int, column: Int) -> Bool {
    get { modules[row * size + column] }
    set { modules[row * size + column] = newValue }
  }
}

/// Puts patterns and data of a QR code where they belong (ISO/IEC 18004:2015, §6.3 and §7.7).
struct QRDrawing {
  private let plan: QRPlan
  private var grid: QRGrid
  /// Where patterns are, which masks leave alone.
  private var isPattern: QRGrid

  init(_ plan: QRPlan, codewords: [UInt8]) {
    self.plan = plan
    grid = QRGrid(size: plan.size)
    isPattern = QRGrid(size: plan.size)
    drawPatterns()
    drawData(codewords)
  }

  /// The finished picture with one of the eight masks.
  func masked(_ mask: Int) -> QRGrid {
    var copy = self
    copy.drawFormat(mask)
    for row in 0..<plan.size {
      for column in 0..<plan.size
      where !isPattern[row, column] && Self.isMasked(mask, row, column) {
        copy.grid[row, column].toggle()
      }
    }
    return copy.grid
  }

  // Table 10.
  private static func isMasked(_ mask: Int, _ row: Int, _ column: Int) -> Bool {
    switch mask {
    case 0: (row + column) % 2 == 0
    case 1: row % 2 == 0
    case 2: column % 3 == 0
    case 3: (row + column) % 3 == 0
    case 4: (row / 2 + column / 3) % 2 == 0
    case 5: row * column % 2 + row * column % 3 == 0
    case 6: (row * column % 2 + row * column % 3) % 2 == 0
    default: ((row + column) % 2 + row * column % 3) % 2 == 0
    }
  }

  private mutating func put(_ row: Int, _ column: Int, _ isDark: Bool) {
    grid[row, column] = isDark
    isPattern[row, column] = true
  }

  private mutating func drawPatterns() {
    for index in 0..<plan.size {
      put(6, index, index % 2 == 0)
      put(index, 6, index % 2 == 0)
    }
    for (row, column) in [(3, 3), (3, plan.size - 4), (plan.size - 4, 3)] {
      drawFinder(row, column)
    }
    let centers = plan.alignment
    for row in centers {
      for column in centers where !isFinder(row, column) {
        for down in -2...2 {
          for right in -2...2 {
            put(row + down, column + right, max(abs(down), abs(right)) != 1)
          }
        }
      }
    }
    drawFormat(0)
    drawVersion()
  }

  private func isFinder(_ row: Int, _ column: Int) -> Bool {
    (row == 6 && column == 6) || (row == 6 && column == plan.size - 7)
      || (row == plan.size - 7 && column == 6)
  }

  // The finder pattern around a centre, with the light modules that set it off.
  private mutating func drawFinder(_ row: Int, _ column: Int) {
    for down in -4...4 {
      for right in -4...4 {
        let (r, c) = (row + down, column + right)
        guard (0..<plan.size).contains(r), (0..<plan.size).contains(c) else { continue }
        let distance = max(abs(down), abs(right))
        put(r, c, distance != 2 && distance != 4)
      }
    }
  }

  // Level and mask, twice, with ten bits that correct them (§7.9).
  private mutating func drawFormat(_ mask: Int) {
    let data = plan.level.formatBits << 3 | mask
    var rest = data
    for _ in 0..<10 { rest = rest << 1 ^ (rest >> 9 & 1) * 0x537 }
    let bits = (data << 10 | rest) ^ 0x5412
    func bit(_ index: Int) -> Bool { bits >> index & 1 == 1 }
    let last = plan.size - 1
    for index in 0...5 { put(index, 8, bit(index)) }
    put(7, 8, bit(6))
    put(8, 8, bit(7))
    put(8, 7, bit(8))
    for index in 9..<15 { put(8, 14 - index, bit(index)) }
    for index in 0..<8 { put(8, last - index, bit(index)) }
    for index in 8..<15 { put(last - 14 + index, 8, bit(index)) }
    put(last - 7, 8, true)
  }

  // The version, twice, from 7 on (§7.10).
  private mutating func drawVersion() {
    guard plan.version >= 7 else { return }
    var rest = plan.version
    for _ in 0..<12 { rest = rest << 1 ^ (rest >> 11 & 1) * 0x1F25 }
    let bits = plan.version << 12 | rest
    for index in 0..<18 {
      let (near, far) = (index / 3, plan.size - 11 + index % 3)
      put(near, far, bits >> index & 1 == 1)
      put(far, near, bits >> index & 1 == 1)
    }
  }

  // Up and down in pairs of columns from the right, round the patterns (§7.7.3).
  private mutating func drawData(_ codewords: [UInt8]) {
    var index = 0
    for right in stride(from: plan.size - 1, through: 1, by: -2) {
      let column = right <= 6 ? right - 1 : right
      let isUpward = (column + 1) & 2 == 0
      for step in 0..<plan.size {
        let row = isUpward ? plan.size - 1 - step : step
        for side in 0...1 where !isPattern[row, column - side] {
          guard index < codewords.count * 8 else { continue }
          grid[row, column - side] = codewords[index >> 3] >> UInt8(7 - index & 7) & 1 == 1
          index += 1
        }
      }
    }
  }
}

/// How confusing a picture is to readers (ISO/IEC 18004:2015, §7.8.3.1).
enum QRPenalty {
  static func of(_ grid: QRGrid) -> Int {
    let range = 0..<grid.size
    let lines =
      range.map { row in range.map { grid[row, $0] } }
      + range.map { column in range.map { grid[$0, column] } }
    var score = lines.reduce(0) { $0 + runs($1) + lookAlikes($1) }
    for row in range.dropLast() {
      for column in range.dropLast() {
        let color = grid[row, column]
        if grid[row, column + 1] == color, grid[row + 1, column] == color,
          grid[row + 1, column + 1] == color
        {
          score += 3
        }
      }
    }
    let dark = grid.modules.reduce(0) { $0 + ($1 ? 1 : 0) }
    let total = grid.modules.count
    // Ten for every twentieth that the share of dark modules is away from a half.
    return score + abs(dark * 20 - total * 10) / total * 10
  }

  // Five or more of one colour in a row.
  private static func runs(_ line: [Bool]) -> Int {
    var score = 0
    var length = 0
    for (index, module) in line.enumerated() {
      length = index > 0 && line[index - 1] == module ? length + 1 : 1
      if length == 5 { score += 3 } else if length > 5 { score += 1 }
    }
    return score
  }

  // What looks like a finder pattern: 1:1:3:1:1 with four light modules on a side.
  private static func lookAlikes(_ line: [Bool]) -> Int {
    let core = [true, false, true, true, true, false, true]
    let light = [Bool](repeating: false, count: 4)
    guard line.count >= 11 else { return 0 }
    return (0...line.count - 11).reduce(0) { score, start in
      let window = Array(line[start..<start + 11])
      return score + (window == core + light || window == light + core ? 40 : 0)
    }
  }
}
