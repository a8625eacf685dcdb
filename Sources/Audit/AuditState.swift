internal import Core

/// What the key file says: where the log is, and with which key its next line is written.
///
///     atmos-auth-audit 1 LOG SEQUENCE FIRST SIZE SINCE SEEDED KEY CHECK
///
/// All parts have a fixed width, so that the file is overwritten in place: a key that is used up is
/// nowhere afterwards, as far as the disk lets a file decide that.
struct AuditState: Equatable {
  /// The number of the log, chosen at random.
  var log: UInt64
  /// The number of the next line; the first is 1.
  var sequence: UInt64
  /// The number of the first line of the file that is written to.
  var first: UInt64
  /// The bytes of that file.
  var size: UInt64
  /// When that file was begun.
  var since: Instant
  /// Whether the key comes from the keyring, and not from the file `first-key`.
  var isSeeded: Bool
  /// The key of the next line.
  var key: [UInt8]

  private static let magic = "atmos-auth-audit 1 "

  /// The key file.
  static func path(_ directory: String) -> String { "\(directory)/key" }

  /// The file with the first key, where no keyring had one.
  static func firstKeyPath(_ directory: String) -> String { "\(directory)/first-key" }

  /// The file whose first line has this number.
  static func path(_ directory: String, log: UInt64, first: UInt64) -> String {
    "\(directory)/\(Hash.hex(log))-\(Hash.hex(first)).jsonl"
  }

  /// The file that is written to.
  func path(_ directory: String) -> String { Self.path(directory, log: log, first: first) }

  var encoded: [UInt8] {
    var text = Self.magic
    for number in [log, sequence, first, size, UInt64(bitPattern: since.secondsSince1970)] {
      text += Hash.hex(number) + " "
    }
    text += isSeeded ? "k " : "f "
    var bytes = Array(text.utf8) + Hex.digits(of: key)
    bytes.append(UInt8(ascii: " "))
    bytes += Hash.hex(Hash.fnv1a(bytes)).utf8
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  init(
    log: UInt64, sequence: UInt64 = 1, first: UInt64 = 1, size: UInt64 = 0, since: Instant,
    isSeeded: Bool, key: [UInt8]
  ) {
    (self.log, self.sequence, self.first, self.size) = (log, sequence, first, size)
    (self.since, self.isSeeded, self.key) = (since, isSeeded, key)
  }

  /// Reads ``encoded``; `nil` for anything else.
  init?(_ bytes: [UInt8]) {
    let start = Self.magic.utf8.count
    let (keyAt, checkAt) = (start + 5 * 17 + 2, start + 5 * 17 + 2 + 65)
    guard bytes.count == checkAt + 17, bytes.starts(with: Self.magic.utf8),
      Hash.value(hex: bytes[checkAt..<checkAt + 16]) == Hash.fnv1a(bytes[..<checkAt]),
      let key = Hex.bytes(of: bytes[keyAt..<keyAt + 64])
    else { return nil }
    var numbers: [UInt64] = []
    for index in 0..<5 {
      let at = start + index * 17
      guard let number = Hash.value(hex: bytes[at..<at + 16]) else { return nil }
      numbers.append(number)
    }
    self.init(
      log: numbers[0], sequence: numbers[1], first: numbers[2], size: numbers[3],
      since: Instant(secondsSince1970: Int64(bitPattern: numbers[4])),
      isSeeded: bytes[keyAt - 2] == UInt8(ascii: "k"), key: key)
  }

  /// Goes on to the next line, after one of `count` bytes was written.
  mutating func advance(by count: Int) {
    sequence += 1
    size += UInt64(count)
    key = AuditKeys.next(key)
  }
}
