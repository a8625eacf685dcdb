/// What a link is given to work with.
public struct LinkRequest: Sendable {
  /// The realm in force, empty when there is none.
  public var realm: String
  /// The credential of the link before; `nil` for the first link.
  public var upstream: Credential?
  /// The credential that was last remembered of this link, however old; it may hold what renews
  /// it.
  public var previous: Credential?
  /// The command with which a person logs in to what this link is needed for; names are quoted.
  public var loginCommand: String
  /// Everything outside the process that the call may touch.
  public var effects: Effects

  /// Creates a request.
  public init(
    realm: String, upstream: Credential?, previous: Credential? = nil,
    loginCommand: String = "atmos-auth login", effects: Effects
  ) {
    self.realm = realm
    self.upstream = upstream
    self.previous = previous
    self.loginCommand = loginCommand
    self.effects = effects
  }
}
