/// A moment as text.
public enum Timestamp {
  /// The moment as RFC 3339 in UTC without a fraction, such as `2025-01-15T13:00:00Z`; years
  /// outside 0...9999 are cut to those limits.
  public static func rfc3339(_ instant: Instant) -> String {
    UTCDate(instant).extended
  }
}
