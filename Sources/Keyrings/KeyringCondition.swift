public import Core
public import Model

/// What `keyring status` shows.
public struct KeyringCondition: Sendable, Equatable {
  /// What holds the entries: `system`, `file`, `memory` or `command`.
  public var backend: String
  /// Where: a directory, a service, a program.
  public var place: String
  /// The names of the entries, sorted; `nil` where they cannot be listed without asking somebody.
  public var entries: [String]?
  /// Whether it is locked; `nil` where that means nothing.
  public var isLocked: Bool?
  /// Until when the kernel remembers the session key; `nil` if it does not.
  public var unlockedUntil: Instant?
  /// Why this is not the keyring that was asked for; `nil` if it is.
  public var standsInBecause: String?

  /// Creates a condition of which only the essentials are known.
  public init(backend: String, place: String, entries: [String]? = nil) {
    self.backend = backend
    self.place = place
    self.entries = entries
  }
}

/// A keyring that can describe itself.
public protocol InspectableKeyring: Keyring {
  /// What there is to say about it, without asking anybody for anything.
  ///
  /// - Throws: ``AuthError`` if it cannot be reached.
  func inspect() async throws(AuthError) -> KeyringCondition

  /// Until when the kernel remembers the session key; `nil` if it does not.
  ///
  /// - Throws: ``AuthError`` if the keyring cannot be reached.
  func unlockedUntil() async throws(AuthError) -> Instant?
}

extension InspectableKeyring {
  /// The answer of ``inspect()``, for a keyring that has none that takes less.
  public func unlockedUntil() async throws(AuthError) -> Instant? {
    try await inspect().unlockedUntil
  }
}
