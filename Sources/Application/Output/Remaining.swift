/// How much time is left, in the words of atmos: `2h5m`, `2h`, `45m`, `30s`, `expired`.
package enum Remaining {
  package static func text(seconds: Int64) -> String {
    switch seconds {
    case ...0: return "expired"
    case ..<60: return "\(seconds)s"
    case ..<3600: return "\(seconds / 60)m"
    default:
      let hours = seconds / 3600
      let minutes = seconds % 3600 / 60
      return minutes == 0 ? "\(hours)h" : "\(hours)h\(minutes)m"
    }
  }

  /// How long ago something was; what is less than a second old is one.
  package static func age(seconds: Int64) -> String { "\(text(seconds: max(1, seconds))) ago" }
}
