/// How a prompt shows an identity: `auth.shell` in the configuration.
public struct PromptStyle: Equatable, Sendable {
  /// Seconds before the end from which on a session counts as expiring.
  ///
  /// STS sessions last 900 seconds at least, so that is the default.
  public var warnBefore: Int64
  /// The most characters that ``symbol`` may have.
  public static let symbolLimit = 16

  /// What stands before the name; `nil` for `☁`, or `@` where that cannot be shown.
  public var symbol: String?
  /// Whether the region is shown.
  public var showsRegion: Bool
  /// Whether colours are used where the terminal has them.
  public var usesColor: Bool
  /// Whether nothing but ASCII is used.
  public var isASCII: Bool

  /// Creates a style.
  public init(
    warnBefore: Int64 = 900, symbol: String? = nil, showsRegion: Bool = false,
    usesColor: Bool = true, isASCII: Bool = false
  ) {
    self.warnBefore = warnBefore
    self.symbol = symbol
    self.showsRegion = showsRegion
    self.usesColor = usesColor
    self.isASCII = isASCII
  }
}
