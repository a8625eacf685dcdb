public import Core

/// Whose the entries of a keyring are; see docs/trust.md.
///
/// An entry's name is not enough: another checkout can have an identity of the same name and realm,
/// and an MFA device's entry has no realm at all.
public protocol StoredOrigins: Sendable {
  /// Why an entry must not be used for an identity or provider; `nil` if it may.
  func objection(to entry: String, for identity: String) -> AuthError?

  /// Notes that an entry is used for an identity, which may be: if nothing was known of it, it belongs
  /// to that identity from then on.
  func adopt(_ entry: String, for identity: String)

  /// Notes that an entry was stored for an identity: it belongs to that alone from then on, and to
  /// those that it already shared it with.
  ///
  /// `nil` stands for nobody in particular: whoever uses it first has it.
  func didStore(_ entry: String, for identity: String?)

  /// Notes that an entry is gone.
  func didRemove(_ entry: String)
}

extension StoredOrigins {
  /// Makes sure that an entry, which is there, may be used for an identity.
  ///
  /// - Throws: ``AuthError`` with code `loginRequired` if it belongs to another one.
  public func check(_ entry: String, for identity: String) throws(AuthError) {
    if let objection = objection(to: entry, for: identity) { throw objection }
    adopt(entry, for: identity)
  }
}

/// Every entry is everybody's: for keyrings that belong to one process, or to one job.
public struct AnyOrigin: StoredOrigins {
  /// Creates it.
  public init() {}
  /// `nil`.
  public func objection(to entry: String, for identity: String) -> AuthError? { nil }
  /// Nothing.
  public func adopt(_ entry: String, for identity: String) {}
  /// Nothing.
  public func didStore(_ entry: String, for identity: String?) {}
  /// Nothing.
  public func didRemove(_ entry: String) {}
}
