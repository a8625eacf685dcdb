public import Core
public import Model

/// AWS keys as terragrunt reads them from an `--auth-provider-cmd`.
///
/// Source: https://docs.terragrunt.com/features/units/authentication/#auth-provider-command
public enum TerragruntCredentials {
  /// The value of `awsCredentials`; `nil` for a credential of another cloud.
  public static func answer(_ credential: Credential) -> Secret? {
    guard let keys = credential.aws else { return nil }
    var members = [
      ("ACCESS_KEY_ID", JSONText.string(keys.accessKeyID)),
      ("SECRET_ACCESS_KEY", JSONText.string(keys.secretAccessKey.revealed())),
    ]
    if let token = keys.sessionToken {
      members.append(("SESSION_TOKEN", JSONText.string(token.revealed())))
    }
    return Secret(JSONText.object(members))
  }
}
