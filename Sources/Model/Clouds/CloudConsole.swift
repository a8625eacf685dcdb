public import Core

/// A cloud's web console, opened for whoever a credential stands for.
public struct CloudConsole: Sendable {
  /// What is to be opened, and how.
  public struct Visit: Sendable {
    /// The identity's name, for errors.
    public var identity: String
    /// Its credential.
    public var credential: Credential
    /// The page, as typed; `nil` for the home page.
    public var destination: String?
    /// Seconds that the console session is to last; `nil` for as long as the credential.
    public var seconds: Int64?
    /// Whom the console names when its session has ended.
    public var issuer: String
    /// Everything outside the process that the call may touch.
    public var effects: Effects

    /// Creates a visit.
    public init(
      identity: String, credential: Credential, destination: String?, seconds: Int64?,
      issuer: String, effects: Effects
    ) {
      self.identity = identity
      self.credential = credential
      self.destination = destination
      self.seconds = seconds
      self.issuer = issuer
      self.effects = effects
    }
  }

  /// How long a console session may last, in seconds.
  public var durations: ClosedRange<Int64>
  /// Makes the short names of pages, sorted.
  public var pages: @Sendable () -> [String]
  /// Refuses, with code `usage`, a destination that is neither a page nor an address of this console.
  public var check: @Sendable (_ destination: String) throws(AuthError) -> Void
  /// The address; whoever has it is signed in.
  public var address: @Sendable (Visit) async throws(AuthError) -> Secret

  /// Creates a console.
  public init(
    durations: ClosedRange<Int64>, pages: @escaping @Sendable () -> [String],
    check: @escaping @Sendable (String) throws(AuthError) -> Void,
    address: @escaping @Sendable (Visit) async throws(AuthError) -> Secret
  ) {
    self.durations = durations
    self.pages = pages
    self.check = check
    self.address = address
  }
}
