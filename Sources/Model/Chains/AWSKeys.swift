public import Core

/// AWS access keys.
public struct AWSKeys: Sendable, Equatable {
  /// What the keys are; it decides what STS lets them do.
  public enum Origin: String, Sendable {
    /// Keys of an IAM user that do not end.
    case longLived
    /// A GetSessionToken session: may assume roles for up to 12 hours.
    case userSession
    /// Any assumed role: further roles are chained, one hour at most.
    case role
    /// A root session of AssumeRoot.
    case root

    /// Whether a role that the keys assume is chained, and so lasts an hour at most.
    public var isRole: Bool { self == .role || self == .root }
  }

  /// The access key id; shown to people, but only masked.
  public var accessKeyID: String
  /// The secret access key.
  public var secretAccessKey: Secret
  /// The session token; `nil` for long-lived keys.
  public var sessionToken: Secret?
  /// What the keys are.
  public var origin: Origin

  /// Creates keys.
  public init(
    accessKeyID: String, secretAccessKey: Secret, sessionToken: Secret?, origin: Origin
  ) {
    self.accessKeyID = accessKeyID
    self.secretAccessKey = secretAccessKey
    self.sessionToken = sessionToken
    self.origin = origin
  }
}
