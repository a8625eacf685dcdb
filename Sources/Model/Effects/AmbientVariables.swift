/// The environment as it would be if atmos-auth had activated no identity in it.
public struct AmbientVariables: Sendable {
  /// The variables.
  public var values: [String: String]
  /// Variables that were there and are secret, so that their values were not kept anywhere.
  public var withheld: [String]

  /// Creates it from its parts.
  public init(values: [String: String], withheld: [String] = []) {
    self.values = values
    self.withheld = withheld
  }
}
