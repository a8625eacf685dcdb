import Core

/// A world without one-time codes.
public struct NoCodes: OneTimeCodes {
  /// Creates it.
  public init() {}

  /// Nobody can be asked.
  public func personNeed(for request: CodeRequest, effects: Effects) async -> PersonNeed { .absent }

  /// Fails for every code.
  public func codes(for request: CodeRequest, effects: Effects) -> any CodeSupply { None() }

  private final class None: CodeSupply {
    func next(after refusal: CodeRefusal?) async throws(AuthError) -> Secret? {
      throw AuthError(.loginRequired, "there are no one-time codes here")
    }
  }
}
