/// A moment as calendar fields in UTC, and its spellings in protocols.
///
/// Written out instead of left to a formatter: the hook has none, and a formatter's locale and time
/// zone have put Buddhist years and local hours into signatures before.
public struct UTCDate: Equatable, Sendable {
  /// The year, 0 to 9999.
  public let year: Int
  /// The month, from 1.
  public let month: Int
  /// The day of the month, from 1.
  public let day: Int
  /// The hour, 0 to 23.
  public let hour: Int
  /// The minute, 0 to 59.
  public let minute: Int
  /// The second, 0 to 59.
  public let second: Int

  /// The fields of a moment; years outside 0...9999 are cut to those limits.
  ///
  /// The algorithm is Howard Hinnant's `civil_from_days`.
  public init(_ instant: Instant) {
    let limits: ClosedRange<Int64> = -62_167_219_200...253_402_300_799
    let seconds = Int(min(max(instant.secondsSince1970, limits.lowerBound), limits.upperBound))
    let days = (seconds >= 0 ? seconds : seconds - 86399) / 86400
    let time = seconds - days * 86400
    let shifted = days + 719468
    let era = (shifted >= 0 ? shifted : shifted - 146096) / 146097
    let dayOfEra = shifted - era * 146097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    (hour, minute, second) = (time / 3600, time / 60 % 60, time % 60)
  }

  /// Fields that name a real moment; a leap second counts as the one before it.
  init?(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int) {
    guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
      (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    (self.year, self.month, self.day) = (year, month, day)
    (self.hour, self.minute, self.second) = (hour, minute, min(second, 59))
  }

  /// The moment the fields name.
  public var instant: Instant {
    let shifted = month <= 2 ? year - 1 : year
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146097 + dayOfEra - 719468
    return Instant(
      secondsSince1970: Int64(days * 86400 + hour * 3600 + minute * 60 + second))
  }

  /// `20250115T120000Z`, the form of `X-Amz-Date`.
  public var basic: String {
    digits(year, 4) + digits(month, 2) + digits(day, 2) + "T"
      + digits(hour, 2) + digits(minute, 2) + digits(second, 2) + "Z"
  }

  /// `2025-01-15T12:00:00Z`, as RFC 3339 has it.
  var extended: String {
    digits(year, 4) + "-" + digits(month, 2) + "-" + digits(day, 2) + "T"
      + digits(hour, 2) + ":" + digits(minute, 2) + ":" + digits(second, 2) + "Z"
  }

  private func digits(_ number: Int, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }
}

extension UTCDate {
  /// Reads RFC 3339: `2025-01-15T13:00:00Z`, any fraction, any offset.
  ///
  /// A missing offset is UTC; `nil` for anything else.
  public static func rfc3339(_ text: String) -> Instant? {
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= bytes.count else { return nil }
      return decimal(bytes[range])
    }
    guard bytes.count >= 19, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      "Tt ".utf8.contains(bytes[10]), bytes[13] == UInt8(ascii: ":"),
      bytes[16] == UInt8(ascii: ":"),
      let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19),
      let date = UTCDate(year, month, day, hour, minute, second)
    else { return nil }

    var index = 19
    if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
      repeat { index += 1 } while index < bytes.count && isDigit(bytes[index])
    }
    guard index < bytes.count else { return date.instant }
    switch bytes[index] {
    case UInt8(ascii: "Z"), UInt8(ascii: "z"):
      return index + 1 == bytes.count ? date.instant : nil
    case UInt8(ascii: "+"), UInt8(ascii: "-"):
      let hasColon = index + 3 < bytes.count && bytes[index + 3] == UInt8(ascii: ":")
      let minutesAt = index + (hasColon ? 4 : 3)
      guard bytes.count == minutesAt + 2, let hours = number(index + 1..<index + 3),
        let minutes = number(minutesAt..<minutesAt + 2)
      else { return nil }
      let offset = Int64(hours * 3600 + minutes * 60)
      return date.instant.advanced(
        bySeconds: bytes[index] == UInt8(ascii: "+") ? -offset : offset)
    default: return nil
    }
  }

  /// Reads a time that another program wrote, in RFC 3339 or nearly so.
  ///
  /// The zone may also be `UTC` or `GMT`, with or without a blank before it, as old AWS CLIs and
  /// programs in Java and Python write it, and there may be white space around it all.
  ///
  /// - Parameter text: The time.
  /// - Returns: The moment; `nil` for anything else.
  public static func ofProgram(_ text: String) -> Instant? {
    var text = text.trimmed
    for zone in ["UTC", "GMT"] where text.hasSuffix(zone) {
      text = String(text.dropLast(zone.count)).trimmed + "Z"
      break
    }
    return rfc3339(text)
  }

  /// Reads the `Date` header of HTTP: `Wed, 15 Jan 2025 12:00:00 GMT` (RFC 9110, 5.6.7; the two
  /// obsolete forms are not sent by anything that signs requests); `nil` for anything else.
  public static func httpDate(_ text: String) -> Instant? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT",
      let day = decimal(Array(words[1].utf8)), let year = decimal(Array(words[3].utf8)),
      let month = months.firstIndex(of: words[2].lowercased())
    else { return nil }
    let time = words[4].split(separator: ":").compactMap { decimal(Array($0.utf8)) }
    guard time.count == 3 else { return nil }
    return UTCDate(year, month + 1, day, time[0], time[1], time[2])?.instant
  }

  static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func decimal(_ digits: some Collection<UInt8>) -> Int? {
    guard !digits.isEmpty, digits.count <= 4, digits.allSatisfy(isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }
}
