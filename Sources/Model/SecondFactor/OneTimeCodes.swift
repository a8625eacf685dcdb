public import Core

/// What getting something takes of a person.
public enum PersonNeed: Sendable, Hashable {
  /// Nothing: it is got without one.
  case unneeded
  /// An answer, and there is somebody to ask.
  case present
  /// An answer, and nobody can be asked here.
  case absent

  /// A person at the terminal is needed.
  public init(atTerminalOf effects: Effects) {
    self = effects.interaction == nil ? .absent : .present
  }
}

/// A device whose code is wanted.
public struct CodeRequest: Sendable, Hashable {
  /// Its ARN or serial number.
  public var device: String
  /// The identity or provider that the code is for.
  public var identity: String
  /// Where codes come from, in order; `nil` for the usual places.
  public var sources: [CodeSource]?
  /// Whether a code works more than once, as those of the mock cloud do.
  public var isReusable: Bool

  /// Creates a request.
  public init(
    device: String, identity: String, sources: [CodeSource]?, isReusable: Bool = false
  ) {
    self.device = device
    self.identity = identity
    self.sources = sources
    self.isReusable = isReusable
  }
}

/// Where one-time codes come from: a person, a seed, other programs.
public protocol OneTimeCodes: Sendable {
  /// What a code of the device takes of a person.
  func personNeed(for request: CodeRequest, effects: Effects) async -> PersonNeed

  /// Begins one login's codes; nothing is asked yet.
  func codes(for request: CodeRequest, effects: Effects) -> any CodeSupply
}

/// The codes of one login, three at most.
public protocol CodeSupply: AnyObject, Sendable {
  /// A code that no process has sent before, and none will send again.
  ///
  /// It may wait for the next window of the device, and says so.
  ///
  /// - Parameter refusal: What became of the code before; `nil` the first time.
  /// - Returns: Six digits, or `nil` when no further one is to be tried after a refusal.
  /// - Throws: ``AuthError`` with code `loginRequired` if there is nobody to ask, the person gave
  ///   up, or no source has a code; `system` if codes cannot be kept apart.
  func next(after refusal: CodeRefusal?) async throws(AuthError) -> Secret?
}

/// A code that was sent and not taken.
public struct CodeRefusal: Sendable, Hashable {
  /// What to tell a person, one line.
  public var remark: String
  /// Seconds the server's clock is ahead of ours, as far as is known; else 0.
  public var clockSkew: Int64

  /// Creates a refusal.
  public init(remark: String, clockSkew: Int64 = 0) {
    self.remark = remark
    self.clockSkew = clockSkew
  }
}

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
