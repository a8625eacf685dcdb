/// Durations as configuration files write them.
///
/// atmos accepts three forms, and so do we for every duration: whole seconds (`3600`),
/// Go's durations (`1h30m`, `1.5h`, `90s`), and days (`2d`).
public enum DurationText {
  /// The seconds that `text` says, fractions dropped; `nil` when it is not a duration, is negative,
  /// or is longer than a hundred years.
  public static func seconds(_ text: String) -> Int64? {
    let limit = 100.0 * 365 * 86400
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      guard let seconds = Int64(text), Double(seconds) <= limit else { return nil }
      return seconds
    }
    var rest = Substring(text.hasPrefix("+") ? text.dropFirst() : text[...])
    guard !rest.isEmpty else { return nil }
    var total = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      guard digits.contains(where: \.isNumber), let amount = number(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      let word = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
      guard let unit = units[String(word)] else { return nil }
      rest = rest.dropFirst(word.count)
      total += amount * unit
    }
    return total <= limit ? Int64(total) : nil
  }

  /// The same for people to read: `12h`, `1h30m`, `1m30s`, `45s`; `0s` for nothing or less.
  public static func text(_ seconds: Int64) -> String {
    let parts = [(seconds / 3600, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")]
    let text = parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
    return text.isEmpty ? "0s" : text
  }

  /// The shortest and the longest of some, for people to read: `15m to 12h`.
  public static func text(_ range: ClosedRange<Int64>) -> String {
    "\(text(range.lowerBound)) to \(text(range.upperBound))"
  }

  /// `.5`, `1.` and `1.5` are all numbers to Go; Swift requires a digit on both sides.
  private static func number(_ digits: Substring) -> Double? {
    let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { return nil }
    return Double("0\(parts[0]).\(parts.count == 2 ? String(parts[1]) : "")0")
  }

  private static let units: [String: Double] = [
    "d": 86400, "h": 3600, "m": 60, "s": 1,
    "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ns": 1e-9,
  ]
}
