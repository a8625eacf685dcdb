/// What a cloud is given to find out whom a credential stands for.
public struct VerificationRequest: Sendable {
  /// The credential.
  public var credential: Credential
  /// The identity's name, for errors.
  public var identity: String
  /// Everything outside the process that the call may touch.
  public var effects: Effects

  /// Creates a request.
  public init(credential: Credential, identity: String, effects: Effects) {
    self.credential = credential
    self.identity = identity
    self.effects = effects
  }
}
