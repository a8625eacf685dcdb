internal import Core

/// The frame of a line: its number in front, its code at the end.
///
///     {"seq":12,…,"mac":"64 hexadecimal digits"}
///
/// The code covers every byte before `,"mac"`. JSON escapes line breaks, so no text of an entry can
/// end a line.
struct AuditLine {
  /// The number.
  var sequence: UInt64
  /// What the code covers.
  var content: ArraySlice<UInt8>
  /// The code.
  var code: [UInt8]
  /// The name of the keyring's key that this line and those after it go back to.
  var seedID: String?
  /// The bytes before it that no process had finished.
  var torn: Int?

  private static let head = Array("{\"seq\":".utf8)
  private static let tail = Array(",\"mac\":\"".utf8)

  /// Makes a line, its line break included.
  static func bytes(
    _ entry: AuditEntry, _ state: AuditState, seedID: String?, torn: Int?
  ) -> (bytes: [UInt8], code: [UInt8]) {
    var bytes = head
    bytes.reserveCapacity(1024)
    bytes += String(state.sequence).utf8
    if let seedID { bytes += ",\"seed\":\"\(seedID)\"".utf8 }
    if let torn { bytes += ",\"torn\":\(torn)".utf8 }
    entry.append(to: &bytes)
    let code = AuditKeys.code(state.key, bytes[...])
    bytes += tail
    bytes += Hex.digits(of: code)
    bytes += "\"}\n".utf8
    return (bytes, code)
  }

  /// Reads a line without its line break; `nil` for what is not one.
  init?(_ line: ArraySlice<UInt8>) {
    let end = line.endIndex
    let mark = end - 2 - 64 - Self.tail.count
    guard mark > line.startIndex, line.starts(with: Self.head),
      line[mark..<mark + Self.tail.count].elementsEqual(Self.tail),
      line[(end - 2)...].elementsEqual("\"}".utf8),
      let code = Hex.bytes(of: line[(end - 66)..<(end - 2)])
    else { return nil }
    content = line[..<mark]
    self.code = code
    var rest = content.dropFirst(Self.head.count)
    guard let sequence = Self.number(&rest), rest.first == UInt8(ascii: ",") else { return nil }
    self.sequence = sequence
    let seed = Array(",\"seed\":\"".utf8)
    if rest.starts(with: seed) {
      rest = rest.dropFirst(seed.count)
      let id = rest.prefix { $0 != UInt8(ascii: "\"") }
      seedID = String(decoding: id, as: UTF8.self)
      rest = rest.dropFirst(id.count + 1)
    }
    let torn = Array(",\"torn\":".utf8)
    if rest.starts(with: torn) {
      rest = rest.dropFirst(torn.count)
      self.torn = Self.number(&rest).map { Int(clamping: $0) }
    }
  }

  private static func number(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
    let digits = bytes.prefix { (0x30...0x39).contains($0) }
    bytes = bytes.dropFirst(digits.count)
    guard digits.first != 0x30 else { return nil }
    return UInt64(String(decoding: digits, as: UTF8.self))
  }

  /// Whether it was written with `key`.
  func isAuthentic(_ key: [UInt8]) -> Bool {
    let right = AuditKeys.code(key, content)
    var difference: UInt8 = 0
    for (a, b) in zip(right, code) { difference |= a ^ b }
    return difference == 0
  }
}
