extension UTCDate {
  /// Reads the time at which a cookie ends, in any of the many forms in which servers write it.
  ///
  /// Source: RFC 6265, section 5.1.1.
  ///
  /// - Returns: The moment; `nil` for what is not a time.
  public static func ofCookie(_ text: String) -> Instant? {
    var time: [Int]?
    var day: Int?
    var month: Int?
    var year: Int?
    for word in text.utf8.split(whereSeparator: isCookieDelimiter) {
      let word = Substring(word)
      if time == nil, let found = cookieClock(word) {
        time = found
      } else if day == nil, let number = cookieNumber(word, digits: 1...2) {
        day = number
      } else if month == nil, let found = months.firstIndex(of: word.prefix(3).lowercased()) {
        month = found + 1
      } else if year == nil, let number = cookieNumber(word, digits: 2...4) {
        year = number < 70 ? number + 2000 : number < 100 ? number + 1900 : number
      }
    }
    guard let time, let day, let month, let year, year >= 1601 else { return nil }
    return UTCDate(year, month, day, time[0], time[1], time[2])?.instant
  }

  private static func cookieClock(_ word: Substring) -> [Int]? {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { cookieNumber($0, digits: 1...2) }
    return parts.count == 3 && numbers.count == 3 ? numbers : nil
  }

  /// The number at the beginning of a word, if it has so many digits.
  private static func cookieNumber(_ word: Substring, digits: ClosedRange<Int>) -> Int? {
    let text = word.utf8.prefix(while: isDigit)
    return digits.contains(text.count) ? Int(Substring(text)) : nil
  }

  private static func isCookieDelimiter(_ byte: UInt8) -> Bool {
    byte == 0x09 || (0x20...0x2F).contains(byte) || (0x3B...0x40).contains(byte)
      || (0x5B...0x60).contains(byte) || (0x7B...0x7E).contains(byte)
  }
}
