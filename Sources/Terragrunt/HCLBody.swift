/// What a file, or a block of it, holds.
struct HCLBody {
  /// A block such as `include "root" { … }`.
  struct Block {
    var type: String
    var labels: [String]
    var body: HCLBody
    /// The block's name.
    var name: HCLText
  }

  /// The attributes, unread, by name.
  private(set) var attributes: [String: HCLText] = [:]
  /// The blocks, in order.
  private(set) var blocks: [Block] = []

  /// How many attributes and blocks a file may have.
  private static let maximumItems = 20_000

  /// Reads a file.
  init(_ file: HCLFile) throws(HCLFault) {
    var cursor = HCLCursor(HCLText(file: file, range: 0..<file.bytes.count))
    if file.bytes.starts(with: [0xef, 0xbb, 0xbf]) { cursor.index = 3 }
    var items = 0
    try self.init(&cursor, depth: 0, &items)
  }

  private init(
    _ cursor: inout HCLCursor, depth: Int, _ items: inout Int
  ) throws(HCLFault) {
    guard depth < 32 else { throw cursor.fault("too many blocks in blocks", .unread) }
    while true {
      try cursor.skipBlanks(lines: true)
      guard let byte = cursor.byte else {
        guard depth == 0 else { throw cursor.fault("a block without an end") }
        return
      }
      if byte == Byte.closeBrace {
        guard depth > 0 else { throw cursor.fault("a bracket that does not fit") }
        cursor.index += 1
        return
      }
      items += 1
      guard items <= Self.maximumItems else { throw cursor.fault("too many items", .unread) }
      try readItem(&cursor, depth: depth, &items)
    }
  }

  private mutating func readItem(
    _ cursor: inout HCLCursor, depth: Int, _ items: inout Int
  ) throws(HCLFault) {
    let start = cursor.index
    guard let name = cursor.name() else { throw cursor.fault("what is neither name nor block") }
    let place = HCLText(file: cursor.file, range: start..<cursor.index)
    try cursor.skipBlanks(lines: false)
    if cursor.byte == Byte.equals, cursor.byte(after: 1) != Byte.equals {
      cursor.index += 1
      try cursor.skipBlanks(lines: false)
      let text = try cursor.expression(endingAt: [Byte.closeBrace])
      guard attributes.updateValue(text, forKey: name) == nil else {
        throw HCLFault(kind: .mistake, place: place.place, what: "`\(name)` a second time")
      }
      return
    }
    var labels: [String] = []
    while cursor.byte != Byte.openBrace {
      if cursor.byte == Byte.quote {
        let start = cursor.index + 1
        try cursor.skipText(depth: 0)
        labels.append(
          String(decoding: cursor.file.bytes[start..<max(start, cursor.index - 1)], as: UTF8.self))
      } else if let label = cursor.name() {
        labels.append(label)
      } else {
        throw cursor.fault("what is neither value nor block")
      }
      guard labels.count < 8 else { throw cursor.fault("too many labels", .unread) }
      try cursor.skipBlanks(lines: false)
    }
    cursor.index += 1
    blocks.append(
      Block(
        type: name, labels: labels, body: try HCLBody(&cursor, depth: depth + 1, &items),
        name: place))
  }
}
