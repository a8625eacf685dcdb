/// What having an identity does to a shell.
public struct Activation: Equatable, Sendable {
  /// A variable with its value.
  public struct Variable: Equatable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: String

    /// Creates a variable.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The identity's name, original case; shell-safe.
  public var identity: String
  /// The realm its sessions belong to.
  public var realm: String
  /// The variables it sets, `ATMOS_IDENTITY` among them.
  ///
  /// `AWS_CREDENTIAL_EXPIRATION` is not: it comes from the facts.
  public var set: [Variable]
  /// The variables it takes away.
  public var unset: [String]
  /// Whether `cd` alone never activates it.
  public var isProtected: Bool
  /// Where the facts of its session are.
  public var factsPath: String
  /// How the prompt shows it.
  public var style: PromptStyle

  /// Creates an activation.
  public init(
    identity: String, realm: String, set: [Variable], unset: [String], isProtected: Bool,
    factsPath: String, style: PromptStyle = PromptStyle()
  ) {
    self.identity = identity
    self.realm = realm
    self.set = set
    self.unset = unset
    self.isProtected = isProtected
    self.factsPath = factsPath
    self.style = style
  }
}

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
