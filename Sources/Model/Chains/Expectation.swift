/// What a new credential of a link will be like, told without asking the cloud.
public struct Expectation: Sendable, Equatable {
  /// How many seconds it will last; `nil` when the cloud decides.
  public var lifetime: Int64?
  /// What AWS keys it will be; `nil` for other credentials.
  public var origin: AWSKeys.Origin?
  /// Why it will last shorter than its definition asks; for people, `nil` if it does not.
  public var cap: String?

  /// Creates an expectation.
  public init(lifetime: Int64? = nil, origin: AWSKeys.Origin? = nil, cap: String? = nil) {
    self.lifetime = lifetime
    self.origin = origin
    self.cap = cap
  }
}

extension CredentialSource {
  /// Nothing is known before.
  public func expectation(after upstream: AWSKeys.Origin?) -> Expectation { Expectation() }
}
