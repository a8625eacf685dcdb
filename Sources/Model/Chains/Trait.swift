/// A named value that says what a link does, such as `role` = `arn:aws:iam::…`.
public struct Trait: Hashable, Sendable {
  /// What the value is; shown to people.
  public var name: String
  /// The value; never a secret.
  public var value: String

  /// Creates a trait.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}
