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
