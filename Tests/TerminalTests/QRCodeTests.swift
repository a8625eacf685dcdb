import Testing

@testable import Terminal

@Suite struct QRCodeTests {
  private static let text = String(
    repeating: "https://device.sso.eu-west-1.amazonaws.com/?user_code=ABCD-EFGH&", count: 10)

  /// FNV-1a over the modules, row by row.
  private static func hash(_ grid: QRGrid) -> UInt64 {
    grid.modules.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ ($1 ? 1 : 0)) &* 1_099_511_628_211 }
  }

  // Made with the Python package qrcode 8.2: `make` of the first `count` bytes of `text` with the
  // version, level and mask given.
  @Test(
    arguments: [
      (1, .low, 17, 3, 0x95cd_e0f5_bea5_0f9d), (1, .medium, 14, 2, 0x298a_953a_a9af_c645),
      (2, .low, 32, 5, 0x9924_b9d4_9c6e_aa5e), (2, .medium, 26, 4, 0x445c_b0b5_99e4_4829),
      (3, .low, 53, 7, 0x98eb_4a66_697d_a8e7), (3, .medium, 42, 6, 0x0918_022a_e4ec_2fc7),
      (4, .low, 78, 1, 0x9efa_5765_3000_2c35), (4, .medium, 62, 0, 0x6df0_9a88_922d_d2cb),
      (5, .low, 106, 3, 0xdb30_f1b9_1a25_9233), (5, .medium, 84, 2, 0x0d61_994e_0087_ef63),
      (6, .low, 134, 5, 0xcae2_70b9_9e3b_6b88), (6, .medium, 106, 4, 0x7070_be3e_a96d_5534),
      (7, .low, 154, 7, 0xeb96_7f28_41c5_b4af), (7, .medium, 122, 6, 0xa11e_6a13_177a_6a3d),
      (8, .low, 192, 1, 0xd5a2_2979_de1e_8e5a), (8, .medium, 152, 0, 0xd0f2_0c8a_eeda_6c57),
      (9, .low, 230, 3, 0x7e47_7990_15bc_3030), (9, .medium, 180, 2, 0xb408_8e76_bce0_a7eb),
      (10, .low, 271, 5, 0x43f2_73d6_a640_fff9), (10, .medium, 213, 4, 0x4494_cf17_bd24_aca5),
      (7, .medium, 5, 7, 0x80bc_e1c6_ce2b_5207),
    ] as [(Int, QRCode.Level, Int, Int, UInt64)])
  func `every version, level and mask is as another encoder draws it`(
    version: Int, level: QRCode.Level, count: Int, mask: Int, hash: UInt64
  ) {
    let plan = QRPlan(version: version, level: level)
    let bytes = Array(Self.text.utf8.prefix(count))
    let drawing = QRDrawing(plan, codewords: plan.codewords(of: bytes))
    #expect(Self.hash(drawing.masked(mask)) == hash)
  }

  @Test func `a small code, to look at`() {
    let plan = QRPlan(version: 1, level: .medium)
    let grid = QRDrawing(plan, codewords: plan.codewords(of: Array("hello".utf8))).masked(0)
    let rows = (0..<21).map { row in
      String((0..<21).map { grid[row, $0] ? "#" : "." } as [Character])
    }
    #expect(
      rows == [
        "#######..##...#######", "#.....#.##....#.....#", "#.###.#..#.##.#.###.#",
        "#.###.#...##..#.###.#", "#.###.#.##..#.#.###.#", "#.....#.....#.#.....#",
        "#######.#.#.#.#######", "..........###........", "#.#.#.#..#.#....#..#.",
        "..#.##....#...#....##", ".#.#..#.###.#...#####", "##..#.........#....#.",
        ".##.#.##..#.#.#.#....", "........####.#.#..###", "#######...##.###..###",
        "#.....#...####.##....", "#.###.#.#.##.###...##", "#.###.#..#....##..##.",
        "#.###.#.###.#...#.#.#", "#.....#..#....#.#..#.", "#######.###.#.##...##",
      ])
  }

  @Test(
    arguments: [
      (0, 1, .medium), (14, 1, .medium), (15, 1, .low), (17, 1, .low), (18, 2, .medium),
      (64, 4, .low), (85, 5, .low), (214, 9, .low), (231, 10, .low), (271, 10, .low),
    ] as [(Int, Int, QRCode.Level)])
  func `the smallest size is taken, and the better correction when it costs nothing`(
    count: Int, version: Int, level: QRCode.Level
  ) throws {
    let plan = try #require(QRPlan.smallest(for: count))
    #expect(plan.version == version)
    #expect(plan.level == level)
  }

  @Test func `what does not fit is not drawn`() {
    #expect(QRCode(String(repeating: "x", count: 271))?.size == 57)
    #expect(QRCode(String(repeating: "x", count: 272)) == nil)
  }

  @Test(arguments: [true, false])
  func `lines show the modules, two rows each`(colored: Bool) throws {
    let code = try #require(QRCode("https://example.com/"))
    let lines = code.lines(margin: 2, colored: colored)
    #expect(lines.count == (code.size + 5) / 2)
    for (index, line) in lines.enumerated() {
      var text = line
      if colored {
        #expect(line.hasPrefix("\u{1B}[30;107m") && line.hasSuffix("\u{1B}[0m"))
        text = String(line.dropFirst("\u{1B}[30;107m".count).dropLast("\u{1B}[0m".count))
      }
      #expect(text.count == code.size + 4)
      for (column, character) in text.enumerated() {
        let isUpperDark = (character == "█" || character == "▀") == colored
        #expect(isUpperDark == code.isDark(index * 2 - 2, column - 2))
      }
    }
  }
}
