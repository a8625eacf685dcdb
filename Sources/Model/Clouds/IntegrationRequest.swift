/// What an integration is given to work with.
public struct IntegrationRequest: Sendable {
  /// The name of the identity it belongs to.
  public var identity: String
  /// That identity's credential.
  public var credential: Credential
  /// Everything outside the process that the call may touch.
  public var effects: Effects

  /// Creates a request.
  public init(identity: String, credential: Credential, effects: Effects) {
    self.identity = identity
    self.credential = credential
    self.effects = effects
  }
}
