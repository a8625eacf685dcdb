public import Core

/// What a session may do less than its identity, for a program that is trusted less than the person.
public struct SessionNarrowing: Sendable, Equatable {
  /// A policy in JSON; `nil` for none.
  public var policy: String?
  /// The names of policies of the cloud, as it writes them.
  public var policyNames: [String]
  /// Whether the cloud's own policy for reading is among them.
  public var isReadOnly: Bool
  /// Seconds that it lasts at most; `nil` for as long as the identity's own.
  public var duration: Int64?

  /// Creates a narrowing.
  public init(
    policy: String? = nil, policyNames: [String] = [], isReadOnly: Bool = false,
    duration: Int64? = nil
  ) {
    self.policy = policy
    self.policyNames = policyNames
    self.isReadOnly = isReadOnly
    self.duration = duration
  }

  /// Whether it says anything.
  public var isEmpty: Bool { self == SessionNarrowing() }
}

/// A link whose cloud gives sessions that may do less than they could.
public protocol NarrowableSource: CredentialSource {
  /// The same link, giving such sessions.
  ///
  /// - Throws: ``AuthError`` with code `refused` where they would not be narrower.
  func narrowed(by narrowing: SessionNarrowing) throws(AuthError) -> any CredentialSource
}

extension Chain {
  /// The same chain, whose last link gives sessions that may do less.
  ///
  /// - Throws: ``AuthError`` with code `refused` where it cannot.
  public func narrowed(by narrowing: SessionNarrowing) throws(AuthError) -> Chain {
    guard let source = target.source as? any NarrowableSource else {
      throw AuthError(
        .refused,
        "the session of `\(target.name)` cannot be narrowed: only a role that is assumed takes a "
          + "session policy, and this is of kind \(target.kind.name)",
        hints: ["put a role behind it: an identity of kind `aws/assume-role` with `via` to it"])
    }
    var chain = self
    chain.links[links.count - 1].source = try source.narrowed(by: narrowing)
    chain.links[links.count - 1].isNarrowed = true
    return chain
  }
}
