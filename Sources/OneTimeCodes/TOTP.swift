public import Core
internal import Crypto

/// A device that makes one-time codes from a seed and the time.
///
/// Sources: RFC 6238; RFC 4226, section 5.3. AWS' virtual devices are the defaults.
public struct TOTP: Sendable, Equatable {
  /// The hash that codes are made with.
  public enum Algorithm: String, Sendable, CaseIterable {
    /// The usual one, and the only one of AWS.
    case sha1 = "SHA1"
    /// Longer.
    case sha256 = "SHA256"
    /// Longest.
    case sha512 = "SHA512"
  }

  /// How many digits codes may have.
  public static let digitRange = 6...8
  /// How many seconds a window may last.
  public static let periodRange: ClosedRange<Int64> = 1...3600

  /// The shared key, decoded.
  public let seed: Secret
  /// The hash.
  public let algorithm: Algorithm
  /// How many digits a code has, ``digitRange``.
  public let digits: Int
  /// How many seconds a code is valid for, ``periodRange``.
  public let period: Int64

  /// Creates a device from its parts, which must be in their ranges.
  public init(
    seed: Secret, algorithm: Algorithm = .sha1, digits: Int = 6, period: Int64 = 30
  ) {
    precondition(Self.digitRange.contains(digits) && Self.periodRange.contains(period))
    self.seed = seed
    self.algorithm = algorithm
    self.digits = digits
    self.period = period
  }

  /// The number of the window that `now` is in; each window has a code of its own.
  public func window(at now: Instant) -> Int64 { max(0, now.secondsSince1970) / period }

  /// When a window begins.
  public func start(ofWindow window: Int64) -> Instant {
    let (seconds, overflow) = window.multipliedReportingOverflow(by: period)
    return Instant(secondsSince1970: overflow ? .max : seconds)
  }

  /// The code of a window: ``digits`` digits.
  public func code(ofWindow window: Int64) -> Secret {
    let counter = withUnsafeBytes(of: UInt64(max(0, window)).bigEndian) { Array($0) }
    let hash =
      switch algorithm {
      case .sha1: hash(of: counter, Insecure.SHA1.self)
      case .sha256: hash(of: counter, SHA256.self)
      case .sha512: hash(of: counter, SHA512.self)
      }
    let offset = Int(hash[hash.count - 1] & 15)
    let number = hash[offset..<offset + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
    var rest = number
    var code = [UInt8](repeating: 0, count: digits)
    defer { code.wipe() }
    for index in code.indices.reversed() {
      code[index] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    }
    return Secret(code)
  }

  private func hash<Function: HashFunction>(of counter: [UInt8], _: Function.Type) -> [UInt8] {
    let key = seed.withBytes { SymmetricKey(data: $0) }
    return Array(HMAC<Function>.authenticationCode(for: counter, using: key))
  }
}
