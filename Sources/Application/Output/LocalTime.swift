import CLibrary
package import Core

/// Moments as people read them: `2026-01-02 15:04:05 CET`, in the local time zone.
package enum LocalTime {
  package static func text(_ instant: Instant) -> String {
    var seconds = time_t(instant.secondsSince1970)
    var parts = tm()
    guard localtime_r(&seconds, &parts) != nil else { return Timestamp.rfc3339(instant) }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
      guard let base = buffer.baseAddress,
        strftime(base, buffer.count, "%Y-%m-%d %H:%M:%S %Z", &parts) > 0
      else { return Timestamp.rfc3339(instant) }
      return String(cString: base)
    }
  }
}
