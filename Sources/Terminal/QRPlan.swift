/// The size of a QR code and how its data is divided (ISO/IEC 18004:2015, tables 1, 7 and 9).
struct QRPlan {
  /// 1...10.
  let version: Int
  let level: QRCode.Level

  // Error correction bytes of a block, and blocks, for versions 1 to 10.
  private static let correctionLow = [7, 10, 15, 20, 26, 18, 20, 24, 30, 18]
  private static let correctionMedium = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26]
  private static let blocksLow = [1, 1, 1, 1, 1, 2, 2, 2, 2, 4]
  private static let blocksMedium = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5]
  private static let totals = [26, 44, 70, 100, 134, 172, 196, 242, 292, 346]

  /// The smallest plan that holds `count` bytes, with the better correction when both fit.
  static func smallest(for count: Int) -> QRPlan? {
    for version in 1...10 {
      for level in [QRCode.Level.medium, .low] {
        let plan = QRPlan(version: version, level: level)
        if 4 + plan.countBits + 8 * count <= 8 * plan.dataCount { return plan }
      }
    }
    return nil
  }

  /// Modules on a side.
  var size: Int { 17 + 4 * version }
  /// Bytes of error correction in each block.
  var correctionCount: Int {
    (level == .low ? Self.correctionLow : Self.correctionMedium)[version - 1]
  }
  /// How many blocks the data is divided into.
  var blockCount: Int { (level == .low ? Self.blocksLow : Self.blocksMedium)[version - 1] }
  /// Bytes of data and error correction together.
  var total: Int { Self.totals[version - 1] }
  /// Bytes of data.
  var dataCount: Int { total - blockCount * correctionCount }
  private var countBits: Int { version < 10 ? 8 : 16 }

  /// Where the centres of alignment patterns are, in rows and columns (annex E).
  var alignment: [Int] {
    guard version > 1 else { return [] }
    let last = size - 7
    return version < 7 ? [6, last] : [6, (6 + last) / 2, last]
  }

  /// All bytes to draw, in the order of drawing.
  func codewords(of bytes: [UInt8]) -> [UInt8] {
    let data = padded(bytes)
    let short = data.count / blockCount
    // The last blocks are longer by one where the data cannot be divided evenly.
    let longFrom = blockCount - data.count % blockCount
    var blocks: [[UInt8]] = []
    var start = 0
    for index in 0..<blockCount {
      let length = short + (index < longFrom ? 0 : 1)
      blocks.append(Array(data[start..<start + length]))
      start += length
    }
    let corrections = blocks.map { ReedSolomon.remainder(of: $0, count: correctionCount) }
    var result: [UInt8] = []
    for index in 0...short {
      result += blocks.compactMap { index < $0.count ? $0[index] : nil }
    }
    for index in 0..<correctionCount { result += corrections.map { $0[index] } }
    return result
  }

  private func padded(_ bytes: [UInt8]) -> [UInt8] {
    var bits: [Bool] = []
    func append(_ value: Int, _ count: Int) {
      for shift in stride(from: count - 1, through: 0, by: -1) {
        bits.append(value >> shift & 1 == 1)
      }
    }
    append(0b0100, 4)
    append(bytes.count, countBits)
    for byte in bytes { append(Int(byte), 8) }
    append(0, min(4, 8 * dataCount - bits.count))
    append(0, (8 - bits.count % 8) % 8)
    var data = stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
    }
    var filler: [UInt8] = [0xEC, 0x11]
    while data.count < dataCount {
      data.append(filler[0])
      filler.swapAt(0, 1)
    }
    return data
  }
}

/// Error correction over GF(2⁸) with the polynomial x⁸+x⁴+x³+x²+1 (ISO/IEC 18004:2015, §7.5.2).
enum ReedSolomon {
  /// The `count` bytes that correct `data`.
  static func remainder(of data: [UInt8], count: Int) -> [UInt8] {
    let generator = generator(count)
    var result = [UInt8](repeating: 0, count: count)
    for byte in data {
      let factor = byte ^ result.removeFirst()
      result.append(0)
      for index in result.indices { result[index] ^= product(generator[index], factor) }
    }
    return result
  }

  // The product of (x - 2⁰)...(x - 2ⁿ⁻¹) without its first coefficient, which is 1.
  private static func generator(_ count: Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: count - 1) + [1]
    var root: UInt8 = 1
    for _ in 0..<count {
      for index in result.indices {
        result[index] = product(result[index], root)
        if index + 1 < count { result[index] ^= result[index + 1] }
      }
      root = product(root, 2)
    }
    return result
  }

  static func product(_ left: UInt8, _ right: UInt8) -> UInt8 {
    var result: UInt16 = 0
    for shift in stride(from: 7, through: 0, by: -1) {
      result = result << 1 ^ (result >> 7 & 1) * 0x11D
      result ^= UInt16(right >> UInt8(shift) & 1) * UInt16(left)
    }
    return UInt8(truncatingIfNeeded: result)
  }
}
