/// A moment of wall-clock time, to the second, as clouds report expiries.
public struct Instant: Hashable, Comparable, Sendable {
  /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
  public var secondsSince1970: Int64

  /// Creates a moment from seconds since 1970-01-01T00:00:00Z.
  public init(secondsSince1970: Int64) {
    self.secondsSince1970 = secondsSince1970
  }

  /// The moment `seconds` later (earlier when negative); saturates instead of overflowing.
  public func advanced(bySeconds seconds: Int64) -> Instant {
    let (sum, overflow) = secondsSince1970.addingReportingOverflow(seconds)
    return Instant(secondsSince1970: overflow ? (seconds > 0 ? .max : .min) : sum)
  }

  /// Seconds from this moment to `other`; negative when `other` is earlier.
  public func seconds(until other: Instant) -> Int64 {
    let (difference, overflow) = other.secondsSince1970.subtractingReportingOverflow(
      secondsSince1970)
    return overflow ? (other > self ? .max : .min) : difference
  }

  /// Whether this moment, which a clock showed when something happened, has not come yet at `now`: that
  /// clock, or this one, was set in between, and how long ago it was is not known.
  ///
  /// Machines that share a home directory differ a little. Five minutes are what AWS grants a
  /// signature.
  public func isAhead(of now: Instant) -> Bool { now.advanced(bySeconds: 300) < self }

  /// Orders moments in time.
  public static func < (left: Instant, right: Instant) -> Bool {
    left.secondsSince1970 < right.secondsSince1970
  }
}
