/// What a new credential of a link will be like, known without asking the cloud.
public struct Expectation: Sendable, Equatable {
  /// How many seconds it will last; `nil` when the cloud decides.
  public var lifetime: Int64?
  /// What the next link of the same cloud should know of it, in the cloud's own words.
  public var note: String?
  /// Why it will last shorter than its definition asks; for people, `nil` if it does not.
  public var cap: String?

  /// Creates an expectation.
  public init(lifetime: Int64? = nil, note: String? = nil, cap: String? = nil) {
    self.lifetime = lifetime
    self.note = note
    self.cap = cap
  }
}

extension Credential {
  /// What the next link of the same cloud should know of it; see ``Expectation/note``.
  public var note: String? { aws?.origin.rawValue }
}

extension CredentialSource {
  /// Nothing is known before.
  public func expectation(after upstream: String?) -> Expectation { Expectation() }
}
