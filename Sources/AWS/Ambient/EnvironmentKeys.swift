public import Core

/// What the variables that every SDK of AWS reads say of credentials
/// (https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html).
public struct EnvironmentKeys: Sendable {
  /// The variable with the token of a session.
  public static let tokenVariable = "AWS_SESSION_TOKEN"

  /// The access key's ID and its secret, if both are set.
  public let pair: (id: String, secret: Secret)?
  /// The token of a session, if one is set.
  public let token: Secret?
  /// The file with a pod's or a job's token, and the role it is for.
  ///
  /// `nil` where a profile is named, which SDKs take first.
  public let webIdentity: (tokenFile: String, role: String)?

  /// Reads an environment; an empty variable is not set.
  public init(_ environment: [String: String]) {
    func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    let id = value("AWS_ACCESS_KEY_ID")
    pair = value("AWS_SECRET_ACCESS_KEY").flatMap { secret in id.map { ($0, Secret(secret)) } }
    token = value(Self.tokenVariable).map { Secret($0) }
    let file = value("AWS_PROFILE") == nil ? value("AWS_WEB_IDENTITY_TOKEN_FILE") : nil
    webIdentity = value("AWS_ROLE_ARN").flatMap { role in file.map { ($0, role) } }
  }
}
