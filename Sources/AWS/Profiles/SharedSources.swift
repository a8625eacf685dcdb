/// The two files that profiles come from.
public struct SharedSources: Sendable {
  /// `~/.aws/config`.
  public var config: SharedConfigFile
  /// What that is called for people.
  public var configPath: String
  /// `~/.aws/credentials`.
  public var credentials: SharedConfigFile
  /// What that is called for people.
  public var credentialsPath: String
  /// Whether these are the files that AWS tools of this person read anyway, so that an identity
  /// may rest on a profile there.
  public var areInUse: Bool

  /// Creates it from its parts.
  public init(
    config: SharedConfigFile, configPath: String, credentials: SharedConfigFile,
    credentialsPath: String, areInUse: Bool
  ) {
    self.config = config
    self.configPath = configPath
    self.credentials = credentials
    self.credentialsPath = credentialsPath
    self.areInUse = areInUse
  }
}
