/// A moment as text.
public enum Timestamp {
  /// The moment as RFC 3339 in UTC without a fraction, such as `2025-01-15T13:00:00Z`; years
  /// outside 0...9999 are cut to those limits.
  ///
  /// Written out instead of left to a formatter: the hook has none, and a formatter's locale has
  /// put Buddhist years into protocols before. The algorithm is Howard Hinnant's
  /// `civil_from_days`.
  public static func rfc3339(_ instant: Instant) -> String {
    let limits: ClosedRange<Int64> = -62_167_219_200...253_402_300_799
    let seconds = min(max(instant.secondsSince1970, limits.lowerBound), limits.upperBound)
    let days = (seconds >= 0 ? seconds : seconds - 86_399) / 86_400
    let time = seconds - days * 86_400
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return digits(year, 4) + "-" + digits(month, 2) + "-" + digits(day, 2) + "T"
      + digits(time / 3600, 2) + ":" + digits(time / 60 % 60, 2) + ":" + digits(time % 60, 2) + "Z"
  }

  private static func digits(_ number: Int64, _ count: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
  }
}
