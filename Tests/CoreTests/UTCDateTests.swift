import Foundation
import Testing

@testable import Core

@Suite struct UTCDateTests {
  private static let noon = Instant(secondsSince1970: 1_736_942_400)

  @Test(arguments: [
    (0, "19700101T000000Z"), (1_736_942_400, "20250115T120000Z"), (951_782_399, "20000228T235959Z"),
    (951_782_400, "20000229T000000Z"), (4_102_444_799, "20991231T235959Z"),
    (-1, "19691231T235959Z"),
  ])
  func `the basic form`(seconds: Int64, text: String) {
    #expect(UTCDate(Instant(secondsSince1970: seconds)).basic == text)
  }

  @Test(arguments: Array(stride(from: Int64(-3_000_000_000), to: 8_000_000_000, by: 97_654_321)))
  func `fields agree with Foundation and lead back`(seconds: Int64) {
    let date = UTCDate(Instant(secondsSince1970: seconds))
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(secondsFromGMT: 0)!
    let parts = calendar.dateComponents(
      [.year, .month, .day, .hour, .minute, .second],
      from: Date(timeIntervalSince1970: Double(seconds)))
    #expect(
      [date.year, date.month, date.day, date.hour, date.minute, date.second]
        == [parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second])
    #expect(date.instant.secondsSince1970 == seconds)
  }

  @Test(arguments: [
    "2025-01-15T12:00:00Z", "2025-01-15T12:00:00.123456789Z", "2025-01-15t12:00:00z",
    "2025-01-15T13:30:00+01:30", "2025-01-15T04:00:00-0800", "2025-01-15 12:00:00",
  ])
  func `spellings of one moment`(text: String) {
    #expect(UTCDate.rfc3339(text) == Self.noon)
  }

  @Test(arguments: [
    "", "2025-01-15", "2025-13-15T12:00:00Z", "2025-01-15T25:00:00Z", "2025-01-15T12:00:00X",
    "2025-01-15T12:00:00+1", "20250115T120000Z", "2025-01-15T12:00:00Zz",
  ])
  func `texts that are no moment`(text: String) {
    #expect(UTCDate.rfc3339(text) == nil)
  }

  @Test(arguments: [
    "2025-01-15T12:00:00UTC", "2025-01-15T12:00:00 UTC", "2025-01-15 12:00:00 GMT",
    " 2025-01-15T12:00:00Z\n", "2025-01-15T13:00:00+0100", "2025-01-15T12:00:00.5UTC",
  ])
  func `spellings of other programs`(text: String) {
    #expect(UTCDate.ofProgram(text) == Self.noon)
    #expect(UTCDate.ofProgram(text + "x") == nil)
  }

  @Test func `the Date header`() {
    #expect(UTCDate.httpDate("Wed, 15 Jan 2025 12:00:00 GMT") == Self.noon)
    #expect(UTCDate.httpDate("Wed, 15 Jan 2025 12:00:00 CET") == nil)
    #expect(UTCDate.httpDate("yesterday") == nil)
  }

  @Test(
    arguments: [
      (1_736_942_400, "2025-01-15T12:00:00Z"), (-1, "1969-12-31T23:59:59Z"),
      (.min, "0000-01-01T00:00:00Z"), (.max, "9999-12-31T23:59:59Z"),
    ] as [(Int64, String)])
  func `RFC 3339, years cut to four digits`(seconds: Int64, text: String) {
    #expect(Timestamp.rfc3339(Instant(secondsSince1970: seconds)) == text)
  }
}
