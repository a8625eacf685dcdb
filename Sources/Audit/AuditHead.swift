internal import Core

/// The last line of a log, by which a copy elsewhere shows that the log was cut off.
public struct AuditHead: Sendable, Equatable {
  /// The number of the log.
  public var log: UInt64
  /// The number of the line.
  public var sequence: UInt64
  /// The line's code in hexadecimal digits.
  public var code: String

  /// Creates it from its parts.
  public init(log: UInt64, sequence: UInt64, code: String) {
    (self.log, self.sequence, self.code) = (log, sequence, code)
  }

  /// `LOG SEQUENCE CODE`, as the system's log gets it.
  public var text: String { "\(Hash.hex(log)) \(sequence) \(code)" }

  /// Reads ``text``; `nil` for anything else.
  ///
  /// Colons may stand for the blanks.
  public init?(text: some StringProtocol) {
    let words = text.split { $0 == " " || $0 == ":" }
    guard words.count == 3, let log = Hash.value(hex: Array(words[0].utf8)[...]),
      let sequence = UInt64(words[1]), words[2].utf8.count == 64
    else { return nil }
    self.init(log: log, sequence: sequence, code: String(words[2]))
  }
}
