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
  /// ``expiryVariable`` is not: its value comes from the facts.
  public var set: [Variable]
  /// The variables it takes away.
  public var unset: [String]
  /// Those of ``set`` and ``unset`` that never hold a secret.
  ///
  /// What they were before may stand where children can read it. In the order of those lists, and no
  /// set, since hashing texts costs the hook more than comparing so few.
  public var plain: [String]
  /// The variable that says when the session expires, as RFC 3339 does; `nil` for none.
  public var expiryVariable: String?
  /// The region it acts in, for people; `nil` if only the facts may know one.
  public var region: String?
  /// Whether `cd` alone never activates it.
  public var isProtected: Bool
  /// Where the facts of its session are.
  public var factsPath: String
  /// How the prompt shows it.
  public var style: PromptStyle

  /// Creates an activation.
  public init(
    identity: String, realm: String, set: [Variable] = [], unset: [String] = [],
    plain: [String] = [], expiryVariable: String? = nil, region: String? = nil,
    isProtected: Bool, factsPath: String, style: PromptStyle = PromptStyle()
  ) {
    self.identity = identity
    self.realm = realm
    self.set = set
    self.unset = unset
    self.plain = plain
    self.expiryVariable = expiryVariable
    self.region = region
    self.isProtected = isProtected
    self.factsPath = factsPath
    self.style = style
  }

  /// Whether what a variable was before may stand where children can read it.
  public func isPlain(_ name: String) -> Bool { name == expiryVariable || plain.contains(name) }
}
