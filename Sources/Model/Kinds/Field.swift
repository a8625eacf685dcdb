/// A field that a kind reads.
public struct Field: Sendable {
  /// The keys from the definition down, such as `["principal", "assume_role"]`.
  public var path: [String]
  /// What the value has to look like.
  public var type: FieldType
  /// Whether a definition without it is an error.
  public var isRequired: Bool
  /// What the link before gives where a definition may do without it; `nil` for nothing.
  public var isOptionalAfter: Kind.Handover?
  /// Whether it must never be shown.
  public var isSecret: Bool
  /// One line for the reference page.
  public var summary: String

  /// Creates a field from its dotted path.
  public init(
    _ path: String, _ type: FieldType, required: Bool = false,
    optionalAfter: Kind.Handover? = nil, secret: Bool = false, _ summary: String
  ) {
    self.path = path.split(separator: ".").map(String.init)
    self.type = type
    self.isRequired = required
    self.isOptionalAfter = optionalAfter
    self.isSecret = secret
    self.summary = summary
  }
}
